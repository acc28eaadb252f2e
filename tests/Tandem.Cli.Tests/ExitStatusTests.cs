using System.Globalization;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>The command exits as the table of exit statuses in docs/differences.md says.</summary>
public sealed class ExitStatusTests
{
    /// <summary>Examples and statuses of the table's rows.</summary>
    public static TheoryData<string, int> Rows
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var line in Lines().SkipWhile(line => line != "## Exit statuses").Skip(1).TakeWhile(line => line is not ['#', ..]))
            {
                if (
                    line.Split('|') is not [_, _, var status, var examples, _]
                    || !int.TryParse(status, CultureInfo.InvariantCulture, out var number)
                )
                    continue;
                foreach (var example in examples.Split('`').Where(part => part.StartsWith("tandem ", StringComparison.Ordinal)))
                    rows.Add(example["tandem ".Length..], number);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_example_ends_as_the_table_says(string line, int status)
    {
        // The service has no bond, and refuses each new one.
        await using var service = new StubService(request =>
            request.StartsWith("POST", StringComparison.Ordinal) ? (422, """{"kind":"range","message":"out of range"}""")
            : request == "GET /v1/bonds" ? (200, "[]")
            : (404, """{"kind":"no-bond","message":"there is no bond of that name"}""")
        );
        var run = await service.RunAsync(line);
        Assert.Equal(status, run.ExitCode);
        Assert.Equal(status == 0, run.Error.Length == 0);
    }

    [Fact]
    public void Every_status_of_the_command_has_a_row() =>
        Assert.Equal([0, 1, 2, 255], Rows.Select(row => row.Data.Item2).Distinct().Order());

    // A deterministic build does not know the folder of the sources, but the test runs below it.
    private static string[] Lines()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tandem.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("the test does not run below the repository");
        return File.ReadAllLines(Path.Combine(folder.FullName, "docs", "differences.md"));
    }
}

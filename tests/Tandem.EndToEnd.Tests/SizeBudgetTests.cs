using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The programs are as large as <c>eng/size-budget.sh</c> lets them be.</summary>
public sealed class SizeBudgetTests
{
    [Theory]
    [InlineData("tandem")]
    [InlineData("tandemd")]
    public void A_program_that_is_larger_than_its_budget_is_refused(string program)
    {
        var file = Path.Combine(Path.GetDirectoryName(Programs.Tandem)!, program);
        var size = new FileInfo(file).Length;
        Assert.Equal(0, Check(file, program, size).ExitCode);
        var refused = Check(file, program, size - 1);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{program} has {size} bytes, 1 more than its budget of {size - 1}"),
            refused.Error,
            StringComparison.Ordinal
        );
    }

    private static Outcome Check(string file, string program, long budget) =>
        Shell.Run(
            "bash",
            "-euc",
            string.Create(
                CultureInfo.InvariantCulture,
                $". {Programs.SizeBudget}; size_budget[{program}]={budget}; within_budget {file} {program}"
            )
        );
}

using System.Text.Json;
using Tandem.EndToEnd.Tests;
using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>What was run on which machine, and when: a file for each test and machine in <c>artifacts/tested</c>, of which <c>eng/tested</c>
/// makes <c>docs/tested.md</c>.</summary>
internal static class TestedRecord
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static void Write(Machine machine, bool passed)
    {
        var project = Path.GetDirectoryName(Path.GetDirectoryName(Programs.Guest))!;
        var package = Path.Combine(project, "artifacts", "guest", machine.Architecture, machine.Kernel, "package");
        var test = TestContext.Current.Test!.TestDisplayName;
        var record = new
        {
            Test = test,
            Kernel = File.ReadAllText(package).Trim(),
            machine.Architecture,
            Environment = machine.System ? "Debian with systemd" : "shell",
            Cards = machine.Cards.Select(card => card.Split(',')[0]).Distinct().Order(StringComparer.Ordinal),
            Passed = passed,
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", null),
        };
        var folder = Directory.CreateDirectory(Path.Combine(project, "artifacts", "tested"));
        var name = string.Concat(
            $"{machine.Kernel}-{machine.Architecture}-{test}".Select(letter => char.IsLetterOrDigit(letter) ? letter : '_')
        );
        File.WriteAllText(Path.Combine(folder.FullName, name + ".json"), JsonSerializer.Serialize(record, Web));
    }
}

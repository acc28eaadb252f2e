using Tandem.Config.Files;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Config.Tests.Files;

/// <summary>docs/configuration.md agrees with the code.</summary>
public sealed class DocumentedTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs/configuration.md"));

    [Fact]
    public void Every_parameter_of_netplan_is_described_with_its_option() =>
        Assert.All(
            BondOptionTable.Bond.Where(OptionKeys.IsNetplan),
            option => Assert.Contains($"| `{OptionKeys.Of(option)}` | `{option.Keyword}` |", Document, StringComparison.Ordinal)
        );

    [Fact]
    public void Every_option_of_members_is_described() =>
        Assert.All(BondOptionTable.Member, option => Assert.Contains($"`{OptionKeys.Of(option)}`", Document, StringComparison.Ordinal));

    [Fact]
    public void The_example_is_a_file_that_is_read()
    {
        var example = Document.Split("```\n")[1];
        Assert.Equal(["eth0", "eth1"], Assert.Single(Texts.Valid(example)).Spec.Members!.Select(member => member.Name));
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Tandem.slnx")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}

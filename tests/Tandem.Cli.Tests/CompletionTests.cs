using Tandem.Core.Options;
using Tandem.EndToEnd.Tests;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Shell completion offers the commands, options and values of the program.</summary>
public sealed class CompletionTests
{
    private static readonly string Folder = Path.Combine(Golden.Repository, "packaging", "completion");
    private static readonly string Helper = Path.Combine(Folder, "complete");
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "tandem");

    public static TheoryData<string> Choices =>
        [.. BondOptionTable.Bond.Where(option => option.Choices.Length > 0).Select(option => option.Keyword)];

    [Fact]
    public void All_commands_are_offered() =>
        Assert.Equal(CommandTable.All.Select(command => command.Name), Offered("").Where(word => word[0] != '-'));

    [Fact]
    public void Global_options_are_offered() =>
        Assert.Superset(new HashSet<string>(["-json", "-details", "--socket"]), Offered("").ToHashSet());

    [Fact]
    public void All_options_of_bonds_are_offered() =>
        Assert.Equal(
            [.. BondOptionTable.Bond.Select(option => option.Keyword), "clear_active_slave", "help"],
            Offered("link", "add", "bond0", "type", "bond", "mode", "4", "")
        );

    [Fact]
    public void All_options_of_members_are_offered() =>
        Assert.Equal(
            [.. BondOptionTable.Member.Select(option => option.Keyword), "help"],
            Offered("link", "set", "eth0", "type", "bond_slave", "")
        );

    [Theory]
    [MemberData(nameof(Choices))]
    public void All_values_of_an_option_are_offered(string keyword) =>
        Assert.Equal(
            BondOptionTable.Get(OptionScope.Bond, keyword).Choices.Where(choice => choice.Length > 0),
            Offered("-j", "link", "add", "type", "bond", keyword, "")
        );

    [Theory]
    [InlineData("explain", "--pcap")]
    [InlineData("link", "delete")]
    [InlineData("lacp", "help")]
    public void Words_of_a_command_are_offered(string command, string word) => Assert.Contains(word, Offered(command, ""));

    [Fact]
    public void Values_of_numbers_are_not_offered() => Assert.Empty(Offered("link", "add", "bond0", "type", "bond", "miimon", ""));

    [Fact]
    public void Bash_completes_what_is_typed() =>
        Assert.Equal(
            ["balance-rr", "balance-xor", "balance-tlb", "balance-alb"],
            Lines(
                "bash",
                "-c",
                $"{Wrapper("tandem.bash")}\nCOMP_WORDS=('{Program}' link add bond0 type bond mode bala); COMP_CWORD=7; _tandem; printf '%s\\n' \"${{COMPREPLY[@]}}\""
            )
        );

    [Fact]
    public void Zsh_describes_what_it_completes()
    {
        OptionalProgram.Require("zsh", "zsh");
        // In zsh's completion system, _describe gets the name of an array.
        var lines = Lines(
            "zsh",
            "-fc",
            $"_describe() {{ print -rl -- ${{(P)2}} }}\ncompletion() {{\n{Wrapper("_tandem")}\n}}\nwords=('{Program}' link set eth0 type bond_slave ''); CURRENT=7; completion"
        );
        Assert.Contains("drain:on\\: take the member out of service without losing a frame, and keep it out", lines);
    }

    [Fact]
    public void Fish_completes_what_is_typed()
    {
        OptionalProgram.Require("fish", "fish");
        var lines = Lines(
            "env",
            $"PATH={AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
            "fish",
            "--no-config",
            "-c",
            $"{Wrapper("tandem.fish")}\ncomplete -C 'tandem link add bond0 type bond lacp_ra'"
        );
        Assert.Equal(["lacp_rate\trate at which the partner is asked to send LACPDUs"], lines);
    }

    private static List<string> Offered(params string[] words) =>
        [.. Lines([Helper, Program, .. words]).Select(line => line.Split('\t')[0])];

    private static string[] Lines(params string[] command) => Shell.Must(command).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // The installed wrappers call the helper at the package's path.
    private static string Wrapper(string name) =>
        File.ReadAllText(Path.Combine(Folder, name)).Replace("/usr/libexec/tandem/complete", Helper, StringComparison.Ordinal);
}

using System.Text.RegularExpressions;
using Tandem.Api;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>The manual pages agree with the option table.</summary>
public sealed partial class ManualTests
{
    private const int Timeout = 10_000; // ms

    private static readonly string Command = Repository.Read("packaging/man/tandem.8");

    public static TheoryData<string> BondOptions => [.. BondOptionTable.Bond.Select(option => option.Keyword)];

    public static TheoryData<string> MemberOptions => [.. BondOptionTable.Member.Select(option => option.Keyword)];

    [Theory]
    [MemberData(nameof(BondOptions))]
    public void An_option_of_bonds_is_described_as_it_is(string keyword) =>
        Compare(BondOptionTable.Get(OptionScope.Bond, keyword), "OPTIONS OF BONDS");

    [Theory]
    [MemberData(nameof(MemberOptions))]
    public void An_option_of_members_is_described_as_it_is(string keyword) =>
        Compare(BondOptionTable.Get(OptionScope.Member, keyword), "OPTIONS OF MEMBERS");

    [Fact]
    public void No_option_is_described_that_is_not_there()
    {
        var described = Section("OPTIONS OF BONDS").Keys.Order(StringComparer.Ordinal);
        Assert.Equal(BondOptionTable.Bond.Select(option => option.Keyword).Order(StringComparer.Ordinal), described);
    }

    [Theory]
    [InlineData("tandem")]
    [InlineData("tandemd")]
    public void A_page_names_socket_and_variable(string page)
    {
        var text = Repository.Read($"packaging/man/{page}.8");
        Assert.Contains(Endpoints.DefaultSocket, text, StringComparison.Ordinal);
        Assert.Contains(Endpoints.SocketVariable, text, StringComparison.Ordinal);
    }

    // The option table has the accepted values and the defaults; the page must have the same words.
    private static void Compare(BondOption option, string section)
    {
        Assert.True(Section(section).TryGetValue(option.Keyword, out var text), $"{option.Keyword} is not in {section}");
        Assert.Contains(option.Accepted, text, StringComparison.Ordinal);
        if (option.Kind is OptionKind.Choice or OptionKind.Number or OptionKind.Switch)
            Assert.Contains($"Default: {new OptionValue(option.Default).Format(option)}.", text, StringComparison.Ordinal);
        if (option.Alias is { } alias)
            Assert.Contains(alias, text, StringComparison.Ordinal);
        var modes = Enum.GetValues<BondMode>()
            .Where(option.AppliesTo)
            .Select(mode => Core.Options.BondOptions.Known.Mode.Choices[(int)mode]);
        if (option.Modes != ModeSet.All)
            Assert.Contains($"Modes: {string.Join(", ", modes)}.", text, StringComparison.Ordinal);
        Assert.Equal((option.When & ChangeRule.BondDown) != 0, text!.Contains("bond is down", StringComparison.Ordinal));
        Assert.Equal((option.When & ChangeRule.NoMembers) != 0, text.Contains("no members", StringComparison.Ordinal));
    }

    // The entries of a section: the keyword after .TP and .B, and the text up to the next one, without line ends and macros.
    private static Dictionary<string, string> Section(string title)
    {
        var section = Command.Split("\n.SH ").Single(part => part.StartsWith($"\"{title}\"", StringComparison.Ordinal));
        return section.Split("\n.TP\n").Skip(1).ToDictionary(Keyword, Plain, StringComparer.Ordinal);
    }

    private static string Keyword(string entry) => KeywordLine().Match(entry).Groups["word"].Value;

    private static string Plain(string entry) =>
        Macro().Replace(entry, "").Replace("\\-", "-", StringComparison.Ordinal).Replace('\n', ' ');

    [GeneratedRegex(@"\A\.BR? ""?(?<word>\w+)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex KeywordLine();

    [GeneratedRegex(@"^\.[A-Z]+ ?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Macro();
}

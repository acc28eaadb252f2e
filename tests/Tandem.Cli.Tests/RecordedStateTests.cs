using System.Text.RegularExpressions;
using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.Help;
using Tandem.Cli.Links;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>The command prints the same as ip and the driver in the same state.</summary>
public sealed partial class RecordedStateTests
{
    public static TheoryData<string> States { get; } = [.. RecordedState.Names];

    [Theory]
    [MemberData(nameof(States))]
    public void Link_show_prints_what_ip_printed(string name)
    {
        var state = RecordedState.Load(name);
        var text = string.Concat(
            ListedLink.Of([state.Bond]).Select(listed => LinkText.Format(listed, details: true, statistics: false) + "\n")
        );
        // The command shows only the bond and its members.
        var expected = string.Concat(Links().Matches(state.LinkText).Where(link => link.Value.Contains("bond0", StringComparison.Ordinal)));
        Assert.Equal(expected, text);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Link_show_has_the_json_of_ip(string name)
    {
        var state = RecordedState.Load(name);
        var expected = state.LinkJson.Where(link => link!["ifname"]!.ToString() == "bond0" || link["master"] is not null);
        Assert.Equal(
            $"[{string.Join(',', expected.Select(link => link!.ToJsonString()))}]",
            LinkJson.Format(ListedLink.Of([state.Bond]), details: true, statistics: false, pretty: false)
        );
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Show_prints_what_the_driver_printed(string name)
    {
        var state = RecordedState.Load(name);
        // The first line names the driver's version.
        var expected = state.Status[(state.Status.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        Assert.Equal(
            $"Ethernet Channel Bonding Driver: v{HelpText.Version}\n{expected}",
            BondStatusText.Format(state.Bond, HelpText.Version)
        );
    }

    [Theory]
    [MemberData(nameof(States))]
    public void The_files_have_what_those_of_the_driver_had(string name)
    {
        var state = RecordedState.Load(name);
        var files = BondFiles.OfBond(state.Bond).Select(file => $"{file.Key}:{file.Value.TrimEnd()}");
        Assert.Equal(state.BondFiles.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        var members = state.Bond.Members.SelectMany(member =>
            BondFiles.OfMember(member).Select(file => $"{member.Name}/bonding_slave/{file.Key}:{file.Value.TrimEnd()}")
        );
        Assert.Equal(state.MemberFiles.Order(StringComparer.Ordinal), members.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Counters_stand_in_the_columns_of_ip()
    {
        var link = RecordedState.Load("4-802.3ad.3-up").Bond.Link with
        {
            Stats64 = new LinkCounters { Rx = new ReceiveCounters(3084, 28, 0, 0, 0, 0), Tx = new TransmitCounters(2802, 28, 0, 0, 0, 0) },
        };
        Assert.Equal(
            """
            2: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
                link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
                RX:  bytes packets errors dropped  missed   mcast           
                      3084      28      0       0       0       0 
                TX:  bytes packets errors dropped carrier collsns           
                      2802      28      0       0       0       0 
            """,
            LinkText.Format(new ListedLink(link, null, null), details: false, statistics: true)
        );
    }

    [Fact]
    public void Long_counters_widen_the_columns_of_both_directions()
    {
        var counters = new LinkCounters
        {
            Rx = new ReceiveCounters(123_456_789_012, 1, 0, 0, 0, 0),
            Tx = new TransmitCounters(1, 123_456_789, 0, 0, 0, 0),
        };
        var lines = CounterText.Format(counters).Split('\n');
        Assert.Equal("    123456789012         1      0       0       0       0 ", lines[2]);
        Assert.Equal("               1 123456789      0       0       0       0 ", lines[4]);
    }

    [GeneratedRegex(@"^\d+: .*\n(    .*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();
}

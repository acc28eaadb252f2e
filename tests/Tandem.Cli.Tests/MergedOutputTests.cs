using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Cli.Shim;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>
/// The output that <c>ip</c> prints for bonds of the driver is made from its output for Tandem's devices. The input is recorded: bond0 is one end of
/// a pair, and the members have no master.
/// </summary>
public sealed partial class MergedOutputTests
{
    private const string Red = "\u001b[31m";
    private const string Cyan = "\u001b[36m";
    private const string Plain = "\u001b[0m";

    public static TheoryData<string> States { get; } = [.. RecordedState.Names];

    [Theory]
    [MemberData(nameof(States))]
    public void Text_becomes_that_of_the_driver(string name)
    {
        var state = RecordedState.Load(name);
        var devices = new KnownDevices([state.Bond]);
        Assert.NotEqual(state.LinkText, WithoutDriver(state.LinkText));
        Assert.Equal(state.LinkText, MergedText.Edit(WithoutDriver(state.LinkText), devices, All(devices), isOneLine: false));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Lines_of_oneline_become_those_of_the_driver(string name)
    {
        var state = RecordedState.Load(name);
        var devices = new KnownDevices([state.Bond]);
        var output = MergedText.Edit(OneLine(WithoutDriver(state.LinkText)), devices, All(devices), isOneLine: true);
        Assert.Equal(OneLine(state.LinkText), output);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Json_becomes_that_of_the_driver(string name)
    {
        var state = RecordedState.Load(name);
        var devices = new KnownDevices([state.Bond]);
        foreach (var isPretty in new[] { false, true })
        {
            var expected = List(state.LinkJson, isPretty);
            var kernel = List(WithoutDriver(state.LinkJson), isPretty);
            Assert.NotEqual(expected, kernel);
            Assert.Equal(expected, MergedJson.Edit(Encoding.UTF8.GetBytes(kernel), devices, All(devices)));
        }
    }

    [Theory]
    [InlineData("type bond", "bond0")]
    [InlineData("type bond_slave", "s0 s1")]
    [InlineData("master bond0", "s0 s1")]
    [InlineData("master bond0 up", "s0 s1")]
    [InlineData("type netkit", "s0 s1 v1")]
    [InlineData("nomaster", "bond0 v1")]
    [InlineData("dev s1", "bond0 s0 s1 v1")]
    [InlineData("dev master", "bond0 s0 s1 v1")]
    public void Selectors_that_the_kernel_cannot_know_are_applied_here(string words, string shown)
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        var filter = LinkFilter.Read(words.Split(' '), devices);
        // ip itself applies the other selectors.
        var names = new[] { "bond0", "s0", "s1", "v1" };
        Assert.Equal(shown.Split(' '), names.Where(name => filter.Shows(devices.Find(name))));
    }

    [Theory]
    [InlineData("type bond up", "up")]
    [InlineData("master bond0 up", "up")]
    [InlineData("master br0 type veth", "master br0 type veth")]
    [InlineData("dev type type bond", "dev type")]
    [InlineData("group master", "group master")]
    public void Other_selectors_are_left_to_ip(string words, string left)
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        Assert.Equal(left, string.Join(' ', LinkFilter.Read(words.Split(' '), devices).Words));
    }

    [Fact]
    public void Colours_stay()
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        var edited = MergedText.Edit(
            $"2: {Cyan}bond0@tdm-bond0: {Plain}<NO-CARRIER,BROADCAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN mode DEFAULT\n"
                + $"3: {Cyan}s0@if2: {Plain}<BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state {Red}DOWN {Plain}mode DEFAULT\n",
            devices,
            All(devices),
            isOneLine: false
        );
        Assert.Equal(
            $"2: {Cyan}bond0: {Plain}<NO-CARRIER,BROADCAST,MASTER,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT\n"
                + $"3: {Cyan}s0@if2: {Plain}<BROADCAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc noqueue master bond0 state {Red}DOWN {Plain}mode DEFAULT\n",
            edited
        );
    }

    [Fact]
    public void Brief_lines_keep_their_columns()
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        var edited = MergedText.Edit(
            "bond0@tdm-bond0  LOWERLAYERDOWN 02:00:00:00:00:01 <NO-CARRIER,BROADCAST,UP,M-DOWN> \n"
                + "s0@if2           UP             02:00:00:00:00:01 <BROADCAST,UP,LOWER_UP> \n"
                + $"{Cyan}bond0@tdm-bond0  {Plain}{Red}DOWN           {Plain}10.0.0.1/24 \n",
            devices,
            All(devices),
            isOneLine: false
        );
        Assert.Equal(
            "bond0            DOWN           02:00:00:00:00:01 <NO-CARRIER,BROADCAST,MASTER,UP> \n"
                + "s0@if2           UP             02:00:00:00:00:01 <BROADCAST,SLAVE,UP,LOWER_UP> \n"
                + $"{Cyan}bond0            {Plain}{Red}DOWN           {Plain}10.0.0.1/24 \n",
            edited
        );
    }

    // In another network namespace, another device may have the name of a bond.
    [Fact]
    public void A_device_with_another_number_is_another_device()
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        const string Line =
            "77: bond0: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT\n    link/ether ... promiscuity 0 ";
        Assert.Equal(Line, MergedText.Edit(Line, devices, All(devices), isOneLine: false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]\n")]
    [InlineData("[{},{}]\n")]
    [InlineData("""[{"ifindex":77,"ifname":"bond0","flags":["UP"],"operstate":"UP","x":1.50}]""")]
    public void Other_json_stays_as_it_is(string text)
    {
        var devices = new KnownDevices([RecordedState.Load("1-active-backup.3-up").Bond]);
        Assert.Equal(text.Length == 0 ? null : text, MergedJson.Edit(Encoding.UTF8.GetBytes(text), devices, All(devices)));
    }

    private static LinkFilter All(KnownDevices devices) => LinkFilter.Read([], devices);

    private static string OneLine(string text) =>
        string.Concat(Links().Matches(text).Select(link => link.Value.TrimEnd('\n').Replace('\n', '\\') + "\n"));

    private static string WithoutDriver(string text) =>
        MasterFlags()
            .Replace(BondLine().Replace(MemberLine().Replace(text, ""), "    netkit "), "")
            .Replace("bond0: <", "bond0@tdm-bond0: <", StringComparison.Ordinal)
            .Replace(" master bond0", "", StringComparison.Ordinal);

    private static JsonArray WithoutDriver(JsonArray links)
    {
        var all = links.DeepClone().AsArray();
        foreach (var link in all.Select(one => one!.AsObject()))
        {
            link.Remove("master");
            foreach (var flag in link["flags"]!.AsArray().Where(flag => flag!.ToString() is "MASTER" or "SLAVE").ToList())
                link["flags"]!.AsArray().Remove(flag);
            if (link["linkinfo"] is not JsonObject info)
                continue;
            info.Remove("info_slave_kind");
            info.Remove("info_slave_data");
            if (link["ifname"]!.ToString() != "bond0")
                continue;
            info.Remove("info_data");
            info["info_kind"] = "netkit";
            link.Insert(1, "link", "tdm-bond0");
        }
        return all;
    }

    private static string List(JsonArray links, bool isPretty) =>
        (isPretty ? "[ " : "[")
        + string.Join(',', links.Select(link => IpJson.Format(link, isPretty, depth: 1)))
        + (isPretty ? " ]\n" : "]\n");

    [GeneratedRegex(@"^\d+: .*\n(    .*\n)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"\n    bond_slave .*?(?=addrgenmode)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MemberLine();

    [GeneratedRegex(@"    bond .*?(?=addrgenmode)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BondLine();

    [GeneratedRegex(@"(MASTER|SLAVE),|,(MASTER|SLAVE)(?=>)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MasterFlags();
}

using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core.Options;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>A spec leads to the same bond from every earlier state, or changes nothing.</summary>
public sealed class SpecTests : IDisposable
{
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly PrivateDirectory _opened;
    private readonly FakeNetwork _network = new();
    private readonly BondRegistry _registry;
    private readonly List<string> _events = [];

    public SpecTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        var store = new StateStore(_opened, new Surroundings("boot", 1), NullLogger.Instance);
        _registry = new BondRegistry(
            _network,
            store,
            happened => _events.Add($"{happened.Member} {happened.Kind} {happened.Reason}"),
            static _ => default,
            NullLogger.Instance
        );
        foreach (var name in (string[])["e0", "e1", "e2"])
            _network.Add(name);
    }

    public void Dispose()
    {
        _opened.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_spec_makes_a_bond_and_the_second_time_nothing_happens()
    {
        var spec = Spec(["mode=active-backup", "miimon=50", "primary=e1"], "e1", "e0 prio=7") with
        {
            Mtu = 9000,
            Address = "02:00:00:00:00:aa",
            Up = true,
        };
        Assert.True(Put(spec));
        var bond = _registry.Show(_network, "bond0");
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Equal(7, (long)bond.Members[1].Data["prio"]!);
        Assert.Equal(("02:00:00:00:00:aa", 9000), (bond.Link.Address, bond.Link.Mtu));
        Assert.Contains("UP", bond.Link.Flags);

        _events.Clear();
        Assert.False(Put(spec));
        Assert.False(Put(_registry.Bonds.Find("bond0")!.Spec));
        Assert.Empty(_events);
    }

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("active-backup")]
    [InlineData("802.3ad")]
    [InlineData("balance-tlb")]
    [InlineData("balance-alb")]
    public void The_spec_of_a_bond_makes_another_one_like_it_whatever_follows_from_its_mode(string mode)
    {
        Put(Spec([$"mode={mode}"]));
        // Some modes set miimon to 100.
        Assert.Null(_registry.Requests.Change(1, "bond0", new ChangeBondRequest { Options = Options("miimon=0") }));
        Put(_registry.Bonds.Find("bond0")!.Spec, "bond1");
        Assert.Equal(Values("bond0"), Values("bond1"));

        IEnumerable<string> Values(string name) =>
            BondOptionTable.Bond.Select(option => $"{option.Name} {_registry.Bonds.Find(name)!.Brain.Options[option].Format(option)}");
    }

    [Fact]
    public void Differences_become_steps()
    {
        Put(Spec(["mode=active-backup"], "e0", "e1") with { Up = true });
        _events.Clear();
        Put(Spec(["mode=active-backup", "miimon=100"], "e1 prio=3", "e2") with { Up = true });
        var bond = _registry.Show(_network, "bond0");
        Assert.Equal(["e1", "e2"], bond.Members.Select(member => member.Name));
        Assert.Equal(100, (long)bond.Options["miimon"]!);
        Assert.Equal(["e0"], _network.GivenBack);
        // The member that stays is unchanged, except for its option.
        Assert.DoesNotContain(_events, happened => happened.StartsWith("e1 Member", StringComparison.Ordinal));
    }

    [Fact]
    public void An_option_that_needs_an_empty_bond_removes_the_members_temporarily()
    {
        Put(Spec(["mode=active-backup"], "e0", "e1") with { Up = true });
        Put(Spec(["mode=802.3ad", "lacp_rate=fast"], "e1", "e0"));
        var bond = _registry.Show(_network, "bond0");
        Assert.Equal("802.3ad", (string?)bond.Options["mode"]);
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Contains("UP", bond.Link.Flags);
        // If the spec does not mention members, they are put back.
        Put(new BondSpec { Options = Options("mode=balance-rr") });
        Assert.Equal(["e1", "e0"], _registry.Show(_network, "bond0").Members.Select(member => member.Name));
    }

    [Fact]
    public void An_interface_that_is_up_is_set_down_to_join_and_one_of_another_bond_is_taken_from_it()
    {
        _network.SetUp(_network.Find("e0")!.Ifindex, true);
        Put(Spec([], "e0"));
        Put(Spec([], "e0"), "bond1");
        Assert.Empty(_registry.Show(_network, "bond0").Members);
        Assert.Equal("e0", Assert.Single(_registry.Show(_network, "bond1").Members).Name);
    }

    [Fact]
    public void Whatever_step_is_refused_everything_is_as_before()
    {
        var first = Spec(["mode=active-backup", "miimon=100"], "e0 prio=5", "e1") with { Up = true, Mtu = 1400 };
        var wanted = Spec(["mode=balance-xor"], "e1", "e2") with { Up = true, Mtu = 1600, Address = "02:00:00:00:00:cc" };
        var refused = 0;
        for (var n = 1; n <= 12; n++)
        {
            Put(first);
            var before = Text(_registry.Bonds.Find("bond0")!.Spec);
            _network.RefuseNth = n;
            var refusal = _registry.Reconciler.Put(1, "bond0", wanted).Refusal;
            _network.RefuseNth = 0;
            // Failed changes that follow from others are reported as faults, and do not fail the request.
            if (refusal is null)
                continue;
            refused++;
            Assert.Contains("not with this device", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("undone", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(Sorted(before), Sorted(Text(_registry.Bonds.Find("bond0")!.Spec)));
        }
        Assert.InRange(refused, 4, 12);
        Put(wanted);
    }

    [Fact]
    public void A_bond_that_cannot_be_made_whole_is_not_made()
    {
        _network.RefuseNth = 2;
        Assert.NotNull(_registry.Reconciler.Put(1, "bond0", Spec([], "e0", "e1")).Refusal);
        Assert.Empty(_registry.Bonds.All);
        Assert.Null(_network.Find("bond0"));
        Assert.All((string[])["e0", "e1"], name => Assert.False(_network.Find(name)!.IsUp));
    }

    [Fact]
    public void A_change_that_cannot_be_undone_is_reported()
    {
        Put(Spec(["mode=active-backup"], "e0") with { Up = true, Mtu = 1400 });
        _network.RefuseFrom = 3;
        var refusal = _registry.Reconciler.Put(1, "bond0", Spec(["mode=active-backup"], "e0", "e1") with { Mtu = 1600 }).Refusal;
        Assert.Contains("cannot be undone: mtu 1600", refusal?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"options":{"mode":"802.3ad","miimon":"100"}}""", "e0: prio 5: not an option of mode 802.3ad")]
    [InlineData("""{"options":{"mode":"balance-xor"},"members":[{"name":"e1"},{"name":"lo"}]}""", "lo: the loopback interface")]
    [InlineData("""{"options":{"mode":"balance-xor"},"members":[{"name":"e1"},{"name":"port"}]}""", "port: belongs to br0")]
    public void A_refusal_of_a_member_is_found_before_members_leave(string json, string refused)
    {
        _network.Add("lo");
        _network.Change(_network.Find("lo")!.Ifindex, static link => link with { Flags = LinkFlags.Loopback });
        var bridge = _network.Add("br0");
        _network.Add("port");
        _network.Change(_network.Find("port")!.Ifindex, link => link with { Master = bridge.Ifindex });
        Put(Spec(["mode=active-backup", "miimon=100"], "e0 prio=5", "e1") with { Up = true });
        _events.Clear();
        var spec = JsonSerializer.Deserialize(json, TandemJson.Default.BondSpec)!;
        Assert.Contains(refused, _registry.Reconciler.Put(1, "bond0", spec).Refusal?.Message, StringComparison.Ordinal);
        Assert.Empty(_events);
    }

    [Fact]
    public void Members_that_rejoin_after_a_refusal_keep_their_order_and_the_bond_its_address()
    {
        Put(Spec(["mode=active-backup"], "e0", "e1", "e2") with { Up = true });
        var before = _registry.Show(_network, "bond0");
        // The join of the new member is refused, after all other members are back.
        _network.Add("e9");
        _network.OnRead = null;
        for (var nth = 1; nth < 40; nth++)
        {
            _network.RefuseNth = nth;
            var wanted = Spec(["mode=balance-xor"], "e0", "e1", "e2", "e9") with { Up = true };
            if (_registry.Reconciler.Put(1, "bond0", wanted).Refusal is null)
                return;
            _network.RefuseNth = 0;
            var after = _registry.Show(_network, "bond0");
            Assert.Equal(before.Members.Select(member => member.Name), after.Members.Select(member => member.Name));
            Assert.Equal(before.Link.Address, after.Link.Address);
        }
        Assert.Fail("all changes were refused");
    }

    [Theory]
    [InlineData("""{"options":{"miimn":"1"}}""", "miimn")]
    [InlineData("""{"options":{"mode":"9"}}""", "mode")]
    [InlineData("""{"options":{"lacp_rate":"fast"}}""", "lacp_rate")]
    [InlineData("""{"members":[{"name":"e9"}]}""", "e9")]
    [InlineData("""{"members":[{"name":"bond0"}]}""", "bond0")]
    [InlineData("""{"members":[{"name":"e0"},{"name":"e0"}]}""", "e0 is named twice")]
    [InlineData("""{"members":[null]}""", "null")]
    [InlineData("""{"members":[{"name":"e0","options":{"prio":"x"}}]}""", "prio")]
    [InlineData("""{"mtu":5}""", "mtu")]
    [InlineData("""{"num_tx_queues":0}""", "numtxqueues")]
    [InlineData("""{"address":"red"}""", "address")]
    public void A_spec_that_cannot_be_is_refused_before_anything_is_done(string json, string named)
    {
        var spec = JsonSerializer.Deserialize(json, TandemJson.Default.BondSpec)!;
        Assert.Contains(named, _registry.Reconciler.Put(1, "bond0", spec).Refusal?.Message, StringComparison.Ordinal);
        Assert.Null(_network.Find("bond0"));
        Assert.Empty(_events);
    }

    [Theory]
    [InlineData("""{"opts":{}}""")]
    [InlineData("""{"members":[{"name":"e0","option":{}}]}""")]
    [InlineData("""{"members":[{}]}""")]
    public void Keys_of_a_spec_that_are_unknown_are_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, TandemJson.Default.BondSpec));

    [Fact]
    public void The_same_spec_leads_to_the_same_options_whatever_they_were()
    {
        string[][] all =
        [
            [],
            ["mode=active-backup", "miimon=100", "updelay=200", "downdelay=100"],
            ["mode=802.3ad", "lacp_rate=fast", "xmit_hash_policy=layer3+4"],
            ["mode=active-backup", "arp_interval=100", "arp_ip_target=192.0.2.1", "arp_validate=all"],
            ["mode=balance-xor", "miimon=50", "xmit_hash_policy=layer2+3"],
            ["mode=balance-tlb", "tlb_dynamic_lb=0"],
            ["mode=balance-alb", "miimon=100", "lp_interval=5"],
            ["mode=broadcast", "miimon=100", "use_carrier=1", "num_grat_arp=3"],
            ["mode=active-backup", "miimon=100", "flap_limit=5", "fail_over_mac=follow"],
        ];
        foreach (var wanted in all)
        {
            Put(Spec(wanted, "e0", "e1") with { Up = true }, "bond1");
            var expected = Text(_registry.Bonds.Find("bond1")!.Spec);
            Assert.Null(_registry.Requests.Remove(1, "bond1"));
            foreach (var before in all)
            {
                Put(Spec(before, "e1", "e2") with { Up = true }, "bond1");
                Put(Spec(wanted, "e0", "e1") with { Up = true }, "bond1");
                var found = _registry.Bonds.Find("bond1")!.Spec;
                // The order in which members joined differs.
                Assert.Equal(Sorted(expected), Sorted(Text(found)));
                _events.Clear();
                Put(Spec(wanted, "e0", "e1") with { Up = true }, "bond1");
                Assert.Empty(_events);
                Assert.Null(_registry.Requests.Remove(1, "bond1"));
            }
        }
    }

    private bool Put(BondSpec spec, string bond = "bond0")
    {
        var answer = _registry.Reconciler.Put(1, bond, spec);
        Assert.Null(answer.Refusal);
        return answer.Value;
    }

    private static BondSpec Spec(string[] options, params string[] members) =>
        new()
        {
            Options = Options(options),
            Members =
            [
                .. members
                    .Select(member => member.Split(' '))
                    .Select(words => new MemberSpec { Name = words[0], Options = Options(words[1..]) }),
            ],
        };

    private static Dictionary<string, string> Options(params string[] options) =>
        options.Select(option => option.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static string Text(BondSpec spec) => JsonSerializer.Serialize(spec, TandemJson.Readable.BondSpec);

    private static string Sorted(string text) => string.Concat(text.Order());
}

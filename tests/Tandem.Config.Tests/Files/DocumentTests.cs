using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class DocumentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    [InlineData("--- \n...\n")]
    [InlineData("network:\n")]
    [InlineData("network: {version: 2}\n")]
    [InlineData("network: {bonds: null}\n")]
    [InlineData("network:\n  bonds:\n")]
    [InlineData("network: {bonds: {}, ethernets: {}}")]
    public void A_file_may_have_no_bonds(string text) => Assert.Empty(Texts.Valid(text));

    [Theory]
    [InlineData("network:\n\tbonds: {}\n", "a.yaml:2:1: a tab in the indentation; indent with spaces")]
    [InlineData(
        "network: {bonds: {}}\n---\nnetwork: {}\n",
        "a.yaml:2:1: a second document starts here; write one document in a file, and further bonds below \"bonds:\" or into another file"
    )]
    [InlineData("network: &n {}\n", "a.yaml:1:10: an anchor (&name) is not accepted; write the value itself wherever it is needed")]
    [InlineData("network: *n\n", "a.yaml:1:10: an alias (*name) is not accepted; write the value itself")]
    [InlineData(
        "network: !!map {}\n",
        "a.yaml:1:10: a tag (!name) is not accepted; write the value alone; quote it if it is meant as text"
    )]
    [InlineData("network: {? [a] : b}\n", "a.yaml:1:13: a key must be a single value, and this is a list")]
    [InlineData("network: {}\nnetwork: {}\n", "a.yaml:2:1: network: the key stands in line 1 already; give each key once")]
    [InlineData("network: {bonds: {bond0: {}, bond0: {}}}\n", "a.yaml:1:30: bond0: the key stands in line 1 already; give each key once")]
    [InlineData("network: 3\n", "a.yaml:1:10: network: a mapping of keys to values is expected here, and this is a single value")]
    [InlineData("- network\n", "a.yaml:1:1: a mapping of keys to values is expected here, and this is a list")]
    [InlineData("network: {version: 1}\n", "a.yaml:1:20: network.version: \"1\": no such version; accepted: 2")]
    [InlineData("network: {bond: {}}\n", "a.yaml:1:11: network.bond: unknown key; did you mean bonds?")]
    [InlineData("netwrk: {}\n", "a.yaml:1:1: netwrk: unknown key; accepted: network")]
    [InlineData("bonds: {}\n", "a.yaml:1:1: bonds: unknown key; write it below \"network:\", indented")]
    [InlineData(
        "network: {renderer: networkd}\n",
        "a.yaml:1:11: network.renderer: tandemd carries this file out, and nothing else; remove it here"
    )]
    [InlineData(
        "network: {vlans: {}}\n",
        "a.yaml:1:11: network.vlans: Tandem configures bonds, and no other interfaces; leave it in the host's network configuration (netplan, systemd-networkd, NetworkManager, ifupdown), and remove it here"
    )]
    [InlineData(
        "network: {ethernets: {eth0: {addresses: []}}}\n",
        "a.yaml:1:30: network.ethernets.eth0.addresses: Tandem configures bonds, and no other interfaces; leave it in the host's network configuration (netplan, systemd-networkd, NetworkManager, ifupdown), and remove it here"
    )]
    [InlineData(
        "network: {ethernets: {a: {match: {}}}}\n",
        "a.yaml:1:27: network.ethernets.a.match: Tandem configures bonds, and no other interfaces; name the interfaces of a bond by the names that \"ip link\" shows, and remove it here"
    )]
    [InlineData(
        "network: {bonds: {all: {}}}\n",
        "a.yaml:1:19: bonds.all: not a name of an interface: \"all\" and \"default\" are reserved: /proc/sys/net has directories of these names"
    )]
    public void A_mistake_is_refused_at_its_place(string text, string error) => Assert.Equal(error, Texts.Error(text));

    [Theory]
    [InlineData("network:\n  bonds: {bond0: {interfaces: [eth0,\n", 2)]
    [InlineData("network:\n  bonds\n  bond0: {}\n", 2)]
    [InlineData("network: \"\n", 1)]
    [InlineData("network: {}}\n", 1)]
    [InlineData("network: a: b\n", 1)]
    public void A_file_that_is_half_written_is_refused_at_its_place(string text, int line)
    {
        var error = Assert.Single(Texts.Read(text).Errors);
        Assert.Contains("not valid YAML", error.Reason, StringComparison.Ordinal);
        Assert.InRange(error.Place.Line, line, line + 2);
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        var error = Texts.Error(new string('[', 500_000));
        Assert.Equal("a.yaml:1:22: keys and lists are nested more than 20 levels deep", error);
    }

    [Fact]
    public void A_file_of_garbage_gets_a_limited_number_of_errors()
    {
        var read = Texts.Read(
            $"network:\n  bonds:\n{string.Concat(Enumerable.Range(0, 20_000).Select(i => $"    bond{i}: {{x{i}: 1}}\n"))}"
        );
        Assert.Equal(100, read.Errors.Count);
        Assert.Contains("there are more errors", read.Errors[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}: 1")]
    [InlineData("network: {{{0}: 1}}")]
    [InlineData("network: {{bonds: {{{0}: {{}}}}}}")]
    [InlineData("network: {{bonds: {{bond0: {{{0}: 1}}}}}}")]
    [InlineData("network: {{bonds: {{bond0: {{parameters: {{{0}: 1}}}}}}}}")]
    [InlineData("network: {{bonds: {{bond0: {{parameters: {{mode: {0}}}}}}}}}")]
    [InlineData("network: {{bonds: {{bond0: {{interfaces: [eth0], members: {{{0}: {{}}}}}}}}}}")]
    [InlineData("network: {{bonds: {{bond0: {{interfaces: [eth0], members: {{eth0: {{{0}: 1}}}}}}}}}}")]
    [InlineData("network: {{ethernets: {{{0}: {{mtu: 1}}}}}}")]
    public void A_very_long_key_gives_a_short_message(string form)
    {
        var key = "\"\\n" + new string('x', 900) + "\"";
        var error = Texts.Error(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key));
        Assert.InRange(error.Length, 30, 900);
        Assert.DoesNotContain(new string('x', 100), error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void A_message_quotes_a_short_part_of_one_line_only()
    {
        var error = Texts.Error($"network: {{version: \"a\\nb{new string('x', 100_000)}\"}}");
        Assert.InRange(error.Length, 50, 200);
        Assert.DoesNotContain('\n', error);
    }
}

using Tandem.Core.Options;
using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class BondTests
{
    [Fact]
    public void A_bond_is_up_and_otherwise_as_written()
    {
        var spec = Texts.ValidBond("interfaces: [eth0, eth1]\nmtu: 9000\nmacaddress: 02:00:00:00:00:0A\nnum-tx-queues: 4");
        Assert.Equal(["eth0", "eth1"], spec.Members!.Select(member => member.Name));
        Assert.Equal((9000, "02:00:00:00:00:0a", 4, true), (spec.Mtu, spec.Address, spec.NumTxQueues, spec.Up));
        Assert.Equal("balance-rr", Assert.Single(spec.Options!).Value);
    }

    [Fact]
    public void What_is_not_written_is_left_as_it_is()
    {
        var spec = Texts.ValidBond("up: false");
        Assert.Equal((null, null, null, false), (spec.Mtu, spec.Address, spec.NumTxQueues, spec.Up));
        Assert.Null(spec.Members);
        Assert.Empty(Texts.ValidBond("interfaces: []").Members!);
        Assert.Empty(Texts.ValidBond("interfaces:").Members!);
    }

    [Fact]
    public void Members_have_options_of_their_own()
    {
        var spec = Texts.ValidBond(
            "interfaces: [eth0, eth1]\nparameters: {mode: active-backup}\nmembers:\n  eth1: {prio: 3, queue-id: 2}\n  eth0:"
        );
        Assert.Null(spec.Members![0].Options);
        Assert.Equal(("3", "2"), (spec.Members[1].Options!["prio"], spec.Members[1].Options!["queue_id"]));
    }

    [Fact]
    public void Every_option_of_a_member_can_be_set()
    {
        foreach (var option in BondOptionTable.Member)
        {
            var mode = option.AppliesTo(BondMode.Lacp) ? "802.3ad" : "active-backup";
            var text = option.Kind == OptionKind.Switch ? "true" : "7";
            var key = option.Keyword.Replace('_', '-');
            var spec = Texts.ValidBond($"interfaces: [eth0]\nparameters: {{mode: {mode}}}\nmembers: {{eth0: {{{key}: {text}}}}}");
            Assert.Equal(option.Kind == OptionKind.Switch ? "on" : "7", spec.Members![0].Options![option.Name]);
        }
    }

    [Theory]
    [InlineData(
        "interfaces: [eth0, eth0]",
        "a.yaml:4:26: bonds.bond0.interfaces: eth0 is named twice: a.yaml:4:20 has it too; name each interface once"
    )]
    [InlineData("interfaces: [bond0]", "a.yaml:4:20: bonds.bond0.interfaces: bond0: a bond cannot be its own member")]
    [InlineData(
        "interfaces: [\"eth 0\"]",
        "a.yaml:4:20: bonds.bond0.interfaces: \"eth 0\": not a name of an interface: a name has no white space, no control characters, no \"/\", no \":\" and no \"%\""
    )]
    [InlineData(
        "interfaces: [sixteen-bytes-ab]",
        "a.yaml:4:20: bonds.bond0.interfaces: \"sixteen-bytes-ab\": not a name of an interface: a name has at most 15 bytes"
    )]
    [InlineData(
        "interfaces: [eth0]\nmembers: {eth1: {prio: 1}}",
        "a.yaml:5:17: bonds.bond0.members.eth1: the interface is not in the bond's list of interfaces; did you mean eth0? Otherwise add it to \"interfaces:\""
    )]
    [InlineData(
        "interfaces: [eth0]\nmembers: {eth0: {prio: 1}}",
        "a.yaml:5:24: bonds.bond0.members.eth0.prio: not an option of mode balance-rr; it belongs to active-backup, balance-tlb, balance-alb"
    )]
    [InlineData(
        "interfaces: [eth0]\nmembers: {eth0: {miimon: 1}}",
        "a.yaml:5:24: bonds.bond0.members.eth0.miimon: unknown key; it is an option of the bond: write it below \"parameters:\" as mii-monitor-interval"
    )]
    [InlineData(
        "interfaces: [eth0]\nmembers: {eth0: {lacp-rate: slow}}",
        "a.yaml:5:24: bonds.bond0.members.eth0.lacp-rate: unknown key; it is an option of the bond: write it below \"parameters:\" as lacp-rate"
    )]
    [InlineData("mtu: 67", "a.yaml:4:12: bonds.bond0.mtu: \"67\": not a number in the range; accepted: 68 to 65535 bytes")]
    [InlineData("num-tx-queues: 0", "a.yaml:4:22: bonds.bond0.num-tx-queues: \"0\": not a number in the range; accepted: 1 to 4096")]
    [InlineData(
        "macaddress: ff:ff:ff:ff:ff:ff",
        "a.yaml:4:19: bonds.bond0.macaddress: \"ff:ff:ff:ff:ff:ff\": not the address of a station; accepted: a unicast address other than zero, such as 02:00:00:00:00:01"
    )]
    [InlineData("up: maybe", "a.yaml:4:11: bonds.bond0.up: \"maybe\": neither true nor false; accepted: true, false")]
    [InlineData("mode: 802.3ad", "a.yaml:4:7: bonds.bond0.mode: an option stands one level deeper; write it below \"parameters:\" as mode")]
    [InlineData("interface: [eth0]", "a.yaml:4:7: bonds.bond0.interface: unknown key; did you mean interfaces?")]
    [InlineData(
        "activation-mode: off",
        "a.yaml:4:7: bonds.bond0.activation-mode: unknown key; write \"up: false\" for a bond that stays down"
    )]
    public void A_mistake_is_refused_at_its_place(string body, string error) => Assert.Equal(error, Texts.BondError(body));

    [Theory]
    [InlineData("addresses: [192.0.2.1/24]")]
    [InlineData("dhcp4: true")]
    [InlineData("dhcp6: yes")]
    [InlineData("gateway4: 192.0.2.254")]
    [InlineData("nameservers: {addresses: [192.0.2.53]}")]
    [InlineData("routes: [{to: default, via: 192.0.2.254}]")]
    public void The_configuration_of_IP_stays_with_the_tool_that_does_it(string body)
    {
        var error = Texts.BondError(body);
        Assert.Contains($"bond0.{body.Split(':')[0]}: Tandem configures the bond, not its IP addresses", error, StringComparison.Ordinal);
        Assert.Contains("configure bond0 in the host's network configuration (netplan, systemd-networkd,", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_for_netplan_that_only_names_interfaces_is_accepted() =>
        Assert.Equal(
            "bond0",
            Assert
                .Single(
                    Texts.Valid(
                        "network:\n  version: 2\n  ethernets:\n    eth0: {}\n    eth1: {dhcp4: false, dhcp6: no}\n    eth2:\n  bonds:\n    bond0:\n      dhcp4: no\n      interfaces: [eth0, eth1]\n"
                    )
                )
                .Name
        );
}

using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class MergeTests
{
    [Fact]
    public void Later_files_add_to_earlier_ones_as_with_netplan()
    {
        var bonds = Texts.Valid(
            "network:\n  bonds:\n    bond0: {interfaces: [eth0], mtu: 1400, parameters: {mode: active-backup, resend-igmp: 3}}\n",
            "network:\n  bonds:\n    bond1: {interfaces: [eth2]}\n    bond0: {interfaces: [eth1], mtu: 9000, parameters: {resend-igmp: 5}}\n"
        );
        Assert.Equal(["bond0", "bond1"], bonds.Select(bond => bond.Name));
        var spec = bonds[0].Spec;
        Assert.Equal(["eth0", "eth1"], spec.Members!.Select(member => member.Name));
        Assert.Equal((9000, "active-backup", "5"), (spec.Mtu, spec.Options!["mode"], spec.Options["resend_igmp"]));
    }

    [Fact]
    public void A_key_without_a_value_adds_nothing_to_a_mapping_or_a_list() =>
        Assert.Equal(
            "eth0",
            Texts
                .Valid(
                    "network:\n  bonds:\n    bond0: {interfaces: [eth0]}\n",
                    "network:\n  bonds:\n    bond0: {interfaces: , parameters: }\n"
                )[0]
                .Spec.Members![0]
                .Name
        );

    [Theory]
    [InlineData(
        "bond0: {interfaces: [eth0]}",
        "bond1: {interfaces: [eth0]}",
        "b.yaml:3:26: bonds.bond1.interfaces: eth0 is a member of bond0 already: a.yaml:3:26; an interface can be in one bond"
    )]
    [InlineData(
        "bond0: {interfaces: [eth0]}",
        "bond0: {interfaces: [eth0]}",
        "b.yaml:3:26: bonds.bond0.interfaces: eth0 is named twice: a.yaml:3:26 has it too; name each interface once"
    )]
    [InlineData(
        "bond0: {interfaces: [eth0]}",
        "bond0: {interfaces: eth0}",
        "b.yaml:3:25: network.bonds.bond0.interfaces: a single value, but a.yaml:3:25 has a list; write both files alike"
    )]
    [InlineData(
        "bond0: {parameters: {mode: 802.3ad, lacp-rate: fast}}",
        "bond0: {parameters: {mode: broadcast}}",
        "a.yaml:3:41: bonds.bond0.parameters.lacp-rate: not an option of mode broadcast; it belongs to 802.3ad"
    )]
    public void Files_that_contradict_each_other_are_refused(string first, string second, string error) =>
        Assert.Equal(error, Texts.Error($"network:\n  bonds:\n    {first}\n", $"network:\n  bonds:\n    {second}\n"));
}

using CsCheck;
using Tandem.Config.Import;
using Xunit;

namespace Tandem.Config.Tests.Import;

/// <summary>No file of another tool makes its importer throw or hang, and every imported bond is written as a file that can be read.</summary>
public sealed class HostileFileTests
{
    private static readonly Dictionary<string, string[]> Files = new(StringComparer.Ordinal)
    {
        ["netplan"] = ["etc/netplan/a.yaml", "run/netplan/b.yaml"],
        ["networkd"] = ["etc/systemd/network/a.netdev", "etc/systemd/network/b.network"],
        ["NetworkManager"] = ["etc/NetworkManager/system-connections/a", "etc/NetworkManager/system-connections/b"],
        ["ifupdown"] = ["etc/network/interfaces", "etc/network/interfaces.d/a"],
        ["ifcfg"] = ["etc/sysconfig/network-scripts/ifcfg-bond0", "etc/sysconfig/network-scripts/ifcfg-eth0"],
        ["nmstate"] = ["etc/nmstate/a.yml", "etc/nmstate/b.yml"],
    };

    private static readonly Gen<string> Text = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 30].Select(string.Concat);

    private static string[] Pieces =>
        [
            "network: {bonds: {bond0: {interfaces: [eth0], parameters: {mode: 802.3ad}}}}",
            "network:\n",
            "  bonds:\n",
            "    bond0:\n",
            "      interfaces: [eth0, lan]\n",
            "      mtu: x\n",
            "  ethernets: {lan: {match: {name: a*}}}\n",
            "[NetDev]\n",
            "Name=bond0\n",
            "Kind=bond\n",
            "[Bond]\n",
            "Mode=802.3ad\n",
            "MIIMonitorSec=1min\n",
            "ARPIPTargets=1.2.3.4 5.6.7.8\n",
            "ARPIPTargets=\n",
            "[Match]\n",
            "Name=eth0 eth*\n",
            "[Network]\n",
            "Bond=bond0\n",
            "PrimarySlave=yes\n",
            "\\\n",
            "[connection]\n",
            "type=bond\n",
            "interface-name=bond0\n",
            "interface-name=eth/0\n",
            "master=bond0\n",
            "slave-type=bond\n",
            "[bond]\n",
            "miimon=100\n",
            "arp_interval=1\n",
            "[bond-port]\n",
            "prio=x\n",
            "iface bond0 inet static\n",
            "iface\n",
            "  bond-slaves eth0 none eth1\n",
            "  bond-mode 4\n",
            "  bond-primary\n",
            "  bond-master bond0\n",
            "source interfaces.d/*\n",
            "source ../../..\n",
            "source-directory interfaces.d\n",
            "allow-hotplug\n",
            "BONDING_OPTS=\"mode=1 miimon arp_ip_target=+1.2.3.4 arp_ip_target=+5.6.7.8\"\n",
            "BONDING_OPTS=\"\n",
            "MASTER=bond0\n",
            "DEVICE=\n",
            "DEVICE=bond0\n",
            "interfaces:\n",
            "- name: bond0\n",
            "  type: bond\n",
            "  link-aggregation:\n",
            "    mode: 802.3ad\n",
            "    port: [eth0, [x]]\n",
            "    ports-config: [{name: eth0, priority: 3}, 4]\n",
            "=",
            "\n",
            "\0",
            "é",
            "]",
            "#",
        ];

    [Fact]
    public void No_file_makes_an_importer_throw() =>
        Gen.Select(Gen.Int[0, Files.Count - 1], Text, Text)
            .Sample(
                (tool, first, second) =>
                {
                    var (name, paths) = Files.ElementAt(tool);
                    using var tree = Tree.Of((paths[0], first), (paths[1], second));
                    var read = Importers.All.Single(importer => importer.Name == name).Read(tree.Root);
                    var text = Config.Files.ConfigurationWriter.Write(read.Bonds);
                    Assert.Equal(read.Bonds.Count, Texts.Valid(text).Count);
                },
                iter: 1_000
            );
}

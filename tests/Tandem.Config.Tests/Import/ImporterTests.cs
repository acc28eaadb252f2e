using Tandem.Config.Files;
using Tandem.Config.Import;
using Xunit;

namespace Tandem.Config.Tests.Import;

public sealed class ImporterTests
{
    // Each tool's files describe this bond.
    private const string Wanted =
        "interfaces: [eth0, eth1]\nmtu: 9000\nmacaddress: \"02:00:00:00:00:0a\"\nparameters: {mode: active-backup, mii-monitor-interval: 100, up-delay: 200, primary: eth1}";

    [Fact]
    public void A_bond_of_netplan_is_imported()
    {
        using var tree = Tree.Of(
            (
                "etc/netplan/01-a.yaml",
                "network:\n  version: 2\n  renderer: networkd\n  ethernets:\n    eth0: {dhcp4: no}\n    lan: {match: {macaddress: \"02:00:00:00:00:01\"}, set-name: eth1}\n  bonds:\n    bond0:\n      interfaces: [eth0, lan]\n      mtu: 9000\n      macaddress: 02:00:00:00:00:0a\n      addresses: [192.0.2.1/24]\n      parameters: {mode: active-backup, mii-monitor-interval: 100, up-delay: 200}\n"
            ),
            ("run/netplan/02-b.yaml", "network: {bonds: {bond0: {parameters: {primary: eth1}}}}"),
            ("etc/netplan/02-b.yaml", "network: {bonds: {bond0: {parameters: {primary: eth0}}}}")
        );
        Equal("netplan", tree, "etc/netplan/01-a.yaml:12:7: bonds.bond0.addresses: not a setting of the bond; it stays with netplan");
    }

    [Fact]
    public void A_bond_of_networkd_is_imported()
    {
        using var tree = Tree.Of(
            (
                "etc/systemd/network/10-bond0.netdev",
                "[NetDev]\nName=bond0\nKind=bond\nMTUBytes=9000\n\n[Bond]\n; the mode\nMode=\\\n  active-backup\nMIIMonitorSec=0.1\nUpDelaySec=200ms\nLACPTransmitRate=fast\n"
            ),
            ("etc/systemd/network/10-bond0.netdev.d/mac.conf", "[NetDev]\nMACAddress=02-00-00-00-00-0a\n"),
            ("etc/systemd/network/20-bond0.network", "[Match]\nName=bond0\n[Network]\nDHCP=yes\n"),
            ("etc/systemd/network/30-ports.network", "[Match]\nName=eth0\n[Network]\nBond=bond0\n"),
            ("run/systemd/network/31-port.network", "[Match]\nName=eth1\n[Network]\nBond=bond0\nPrimarySlave=true\n"),
            ("usr/lib/systemd/network/32-more.network", "[Match]\nName=enp*\n[Network]\nBond=bond0\n"),
            // The empty file masks the next one.
            ("etc/systemd/network/33-masked.network", ""),
            ("usr/lib/systemd/network/33-masked.network", "[Match]\nName=eth9\n[Network]\nBond=bond0\n")
        );
        Equal(
            "networkd",
            tree,
            "etc/systemd/network/20-bond0.network:4: [Network] DHCP: not a setting of the bond; this .network file stays with systemd-networkd",
            "usr/lib/systemd/network/32-more.network:4: [Match] Name: enp* is a pattern; add the interfaces to bond0 by the names that \"ip link\" shows",
            "etc/systemd/network/10-bond0.netdev:12: [Bond] LACPTransmitRate: not an option of mode active-backup; it is left out"
        );
    }

    [Fact]
    public void A_bond_of_NetworkManager_is_imported()
    {
        using var tree = Tree.Of(
            (
                "etc/NetworkManager/system-connections/bond.nmconnection",
                "[connection]\nid=uplink\nuuid=6c0a5b4e-0000-4000-8000-000000000001\ntype=bond\ninterface-name=bond0\n\n[ethernet]\nmtu=9000\ncloned-mac-address=02:00:00:00:00:0A\n\n[bond]\nmiimon=100\nmode=1\nupdelay=200\nprimary=eth1\n\n[ipv4]\nmethod=auto\n"
            ),
            (
                "etc/NetworkManager/system-connections/p0.nmconnection",
                "[connection]\ntype=ethernet\ninterface-name=eth0\nmaster=6c0a5b4e-0000-4000-8000-000000000001\nslave-type=bond\n"
            ),
            (
                "etc/NetworkManager/system-connections/p1.nmconnection",
                "[connection]\ntype=ethernet\ninterface-name=eth1\ncontroller=bond0\nport-type=bond\n"
            ),
            (
                "etc/NetworkManager/system-connections/p2.nmconnection",
                "[connection]\ntype=ethernet\nmaster=uplink\nslave-type=bond\n[ethernet]\nmac-address=02:00:00:00:00:01\n"
            )
        );
        Equal(
            "NetworkManager",
            tree,
            "etc/NetworkManager/system-connections/bond.nmconnection:18: [ipv4]: not a setting of the bond; it stays with NetworkManager",
            "etc/NetworkManager/system-connections/p2.nmconnection: [connection] interface-name: the port does not name its interface; add it to bond0 by the name that \"ip link\" shows"
        );
    }

    [Theory]
    [InlineData(
        "iface bond0 inet manual\n  bond-slaves eth0 eth1\n  bond-mode 1\n  bond-miimon 100\n  bond-updelay 200\n  bond-primary eth1 eth0\n  mtu 9000\n  hwaddress ether 02:00:00:00:00:0a\n"
    )]
    [InlineData(
        "iface bond0 inet manual\n  slaves eth0 eth1\n  bond_mode active-backup\n  bond_miimon 100\n  bond_updelay 200\n  bond_primary eth1\n  mtu 9000\n  hwaddress 02:00:00:00:00:0a\n"
    )]
    [InlineData(
        "iface bond0\n  use bond\n  bond-members eth0 \\\n   eth1\n  bond-mode active-backup\n  bond-miimon 100\n  bond-updelay 200\n  bond-primary eth1\n  mtu 9000\n  hwaddress 02:00:00:00:00:0a\n"
    )]
    [InlineData(
        "iface bond0 inet manual\n  bond-slaves none\n  bond-mode 1\n  bond-miimon 100\n  bond-updelay 200\n  mtu 9000\n  hwaddress 02:00:00:00:00:0a\nauto eth0\niface eth0 inet manual\n  bond-master bond0\nallow-hotplug eth1\niface eth1 inet manual\n  bond-master bond0\n  bond-primary eth1\n"
    )]
    public void A_bond_of_each_dialect_of_ifupdown_is_imported(string text)
    {
        using var tree = Tree.Of(
            ("etc/network/interfaces", "# interfaces\nsource /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n"),
            ("etc/network/interfaces.d/bond0", text)
        );
        Equal("ifupdown", tree);
    }

    [Fact]
    public void What_ifupdown_says_beyond_the_bond_is_noted()
    {
        using var tree = Tree.Of(
            (
                "etc/network/interfaces",
                "iface bond0 inet static\n  address 192.0.2.1/24\n  bond-slaves glob eth[01]\n  bond-lacp-bypass-allow yes\n  bond-miimon often\n"
            )
        );
        var read = Read("ifupdown", tree);
        Assert.Empty(Assert.Single(read.Bonds).Spec.Members!);
        Assert.Equal(
            [
                "etc/network/interfaces:1: iface bond0: its addresses and routes are no settings of the bond; they stay with ifupdown",
                "etc/network/interfaces:3: bond-slaves: \"glob eth[01]\": a pattern; add the interfaces by the names that \"ip link\" shows",
                "etc/network/interfaces:4: bond-lacp-bypass-allow: Tandem has no such option; it is left out",
                "etc/network/interfaces:5: bond-miimon: \"often\": not a whole number; it is left out; accepted: 0 to 2147483647 ms",
            ],
            Notes(read, tree)
        );
    }

    [Fact]
    public void A_bond_of_Red_Hat_is_imported()
    {
        using var tree = Tree.Of(
            (
                "etc/sysconfig/network-scripts/ifcfg-uplink",
                "DEVICE=bond0\nTYPE=Bond\nBONDING_MASTER=yes\nBONDING_OPTS=\"mode=active-backup miimon=100 updelay=200 primary=eth1 max_bonds=2\"\nMTU=9000\nMACADDR=02:00:00:00:00:0A\nBOOTPROTO=none\nIPADDR=192.0.2.1\n"
            ),
            ("etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nMASTER=bond0\nSLAVE=yes\n"),
            ("etc/sysconfig/network-scripts/ifcfg-eth1", "MASTER='bond0'\nSLAVE=yes\n")
        );
        Equal(
            "ifcfg",
            tree,
            "etc/sysconfig/network-scripts/ifcfg-uplink:4: BONDING_OPTS max_bonds: Tandem has no such option; it is left out",
            "etc/sysconfig/network-scripts/ifcfg-uplink:8: IPADDR: not a setting of the bond; it stays where it is"
        );
    }

    [Theory]
    [InlineData("port: [eth0, eth1]")]
    [InlineData("slaves:\n    - eth0\n    - eth1")]
    [InlineData("ports-config:\n    - name: eth0\n    - name: eth1")]
    public void A_bond_of_nmstate_is_imported(string members)
    {
        using var tree = Tree.Of(
            (
                "etc/nmstate/bond.yml",
                $"interfaces:\n- name: bond0\n  type: bond\n  state: up\n  mtu: 9000\n  mac-address: 02:00:00:00:00:0A\n  ipv4: {{enabled: true, dhcp: true}}\n  link-aggregation:\n   mode: active-backup\n   options: {{miimon: '100', updelay: 200, primary: eth1}}\n   {members}\n- name: eth0\n  type: ethernet\n"
            )
        );
        Equal("nmstate", tree, "etc/nmstate/bond.yml:7:3: bond0.ipv4: not a setting of the bond; it stays with nmstate");
    }

    [Fact]
    public void A_bond_of_the_kernel_is_imported()
    {
        var read = LiveImporter.Read(
            """
            [{"ifname":"bond0","flags":["UP"],"mtu":9000,"address":"02:00:00:00:00:0a","linkinfo":{"info_kind":"bond","info_data":{
              "mode":"active-backup","active_slave":"eth0","miimon":100,"updelay":200,"use_carrier":1,"arp_validate":null,"arp_all_targets":"any","primary":"eth1",
              "ad_lacp_rate":"slow","tlb_dynamic_lb":1,"some_day":3}}},
             {"ifname":"eth0","master":"bond0","linkinfo":{"info_slave_kind":"bond","info_slave_data":{"state":"ACTIVE","queue_id":4,"prio":7}}},
             {"ifname":"eth1","master":"bond0"},{"ifname":"eth2","master":"br0"}]
            """
        );
        Assert.Equal("ip -d -j link: bond0 some_day: Tandem has no such option; it is left out", Assert.Single(read.Notes).ToString());
        Assert.Equal(
            Texts.Json(
                Texts.ValidBond(
                    Wanted.Replace("macaddress: \"02:00:00:00:00:0a\"\n", "", StringComparison.Ordinal)
                        + "\nmembers: {eth0: {queue-id: 4, prio: 7}}"
                )
            ),
            Texts.Json(Assert.Single(read.Bonds).Spec)
        );
    }

    [Fact]
    public void The_states_that_ip_recorded_of_the_driver_are_imported_without_a_note()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Data", "states"), "*.ip.json");
        Assert.NotEmpty(files);
        Assert.All(
            files,
            file =>
            {
                var read = LiveImporter.Read(File.ReadAllText(file));
                Assert.Empty(read.Notes);
                Assert.Equal(
                    Texts.Json(Assert.Single(read.Bonds).Spec),
                    Texts.Json(Texts.Valid(ConfigurationWriter.Write(read.Bonds))[0].Spec)
                );
            }
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData(
        "[3, {\"ifname\": 4, \"linkinfo\": 5}, {\"linkinfo\": {\"info_kind\": \"bond\", \"info_data\": []}, \"ifname\": \"bond0\", \"flags\": 3}]"
    )]
    public void Other_JSON_makes_no_importer_throw(string json) => Assert.NotNull(LiveImporter.Read(json));

    [Theory]
    [InlineData("netplan")]
    [InlineData("networkd")]
    [InlineData("NetworkManager")]
    [InlineData("ifupdown")]
    [InlineData("ifcfg")]
    [InlineData("nmstate")]
    public void A_tree_without_files_has_no_bonds(string tool)
    {
        using var tree = new Tree();
        var read = Read(tool, tree);
        Assert.Empty(read.Bonds);
        Assert.Empty(read.Notes);
    }

    [Fact]
    public void Files_that_include_each_other_come_to_an_end()
    {
        using var tree = Tree.Of(("etc/network/interfaces", "source /etc/network/interfaces\niface bond0\n  bond-slaves eth0\n"));
        Assert.Single(Read("ifupdown", tree).Bonds);
    }

    [Theory]
    [InlineData("0.1", 100L)]
    [InlineData("100ms", 100L)]
    [InlineData("1min 2s", 62_000L)]
    [InlineData("1 s", 1_000L)]
    [InlineData("500us", 0L)]
    [InlineData("3", 3_000L)]
    [InlineData("", null)]
    [InlineData("infinity", null)]
    [InlineData("3 parsecs", null)]
    [InlineData("1.2.3", null)]
    public void Spans_of_time_are_those_of_systemd(string text, long? ms) => Assert.Equal(ms, TimeSpans.Ms(text));

    internal static Imported Read(string tool, Tree tree) => Importers.All.Single(importer => importer.Name == tool).Read(tree.Root);

    private static IEnumerable<string> Notes(Imported read, Tree tree) =>
        read.Notes.Select(note => note.ToString().Replace(tree.Root + "/", "", StringComparison.Ordinal));

    private static void Equal(string tool, Tree tree, params string[] notes)
    {
        var read = Read(tool, tree);
        Assert.Equal(notes, Notes(read, tree));
        var bond = Assert.Single(read.Bonds);
        Assert.Equal("bond0", bond.Name);
        Assert.Equal(Texts.Json(Texts.ValidBond(Wanted)), Texts.Json(bond.Spec));
        // Written as a file, the imported bond reads as the same bond.
        Assert.Equal(Texts.Json(bond.Spec), Texts.Json(Texts.Valid(ConfigurationWriter.Write(read.Bonds))[0].Spec));
    }
}

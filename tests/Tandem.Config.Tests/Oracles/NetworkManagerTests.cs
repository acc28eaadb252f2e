using Tandem.Config.Export;
using Tandem.Config.Tests.Import;
using Xunit;

namespace Tandem.Config.Tests.Oracles;

/// <summary>NetworkManager's own command writes connections that are imported, and reads connections that are exported.</summary>
public sealed class NetworkManagerTests
{
    private const string Nmcli = "usr/bin/nmcli";

    [Theory]
    [InlineData(
        "mode=active-backup,miimon=100,updelay=200,primary=eth1",
        "mode: active-backup, mii-monitor-interval: 100, up-delay: 200, primary: eth1"
    )]
    [InlineData(
        "mode=802.3ad,lacp_rate=fast,xmit_hash_policy=layer3+4,min_links=2",
        "mode: 802.3ad, lacp-rate: fast, transmit-hash-policy: layer3+4, min-links: 2"
    )]
    [InlineData("mode=balance-rr,packets_per_slave=4,resend_igmp=3", "packets-per-slave: 4, resend-igmp: 3")]
    [InlineData(
        "mode=active-backup,arp_interval=200,arp_ip_target=192.0.2.1,arp_validate=filter_active",
        "mode: active-backup, arp-interval: 200, arp-ip-targets: [192.0.2.1], arp-validate: filter_active"
    )]
    [InlineData("mode=balance-tlb,miimon=100,tlb_dynamic_lb=0", "mode: balance-tlb, tlb-dynamic-lb: false")]
    [InlineData(
        "mode=active-backup,miimon=100,all_slaves_active=1,fail_over_mac=follow,num_grat_arp=7",
        "mode: active-backup, mii-monitor-interval: 100, all-slaves-active: true, fail-over-mac-policy: follow, gratuitous-arp: 7"
    )]
    public async Task What_nmcli_writes_is_imported(string options, string parameters)
    {
        var nmcli = Oracle.Find(Nmcli);
        var bond = await WrittenAsync(
            nmcli,
            "type",
            "bond",
            "con-name",
            "uplink",
            "ifname",
            "bond0",
            "bond.options",
            options,
            "ethernet.mtu",
            "9000",
            "ipv4.method",
            "disabled",
            "ipv6.method",
            "disabled"
        );
        var port = await WrittenAsync(
            nmcli,
            "type",
            "ethernet",
            "con-name",
            "p",
            "ifname",
            "eth1",
            "master",
            "bond0",
            "slave-type",
            "bond",
            "bond-port.queue-id",
            "3"
        );
        using var tree = Tree.Of(
            ("etc/NetworkManager/system-connections/bond.nmconnection", bond),
            ("etc/NetworkManager/system-connections/port.nmconnection", port)
        );
        var read = ImporterTests.Read("NetworkManager", tree);
        Assert.Empty(read.Notes);
        Assert.Equal(
            Texts.Json(Texts.ValidBond($"interfaces: [eth1]\nmtu: 9000\nmembers: {{eth1: {{queue-id: 3}}}}\nparameters: {{{parameters}}}")),
            Texts.Json(Assert.Single(read.Bonds).Spec)
        );
    }

    [Theory]
    [InlineData("mode: active-backup, mii-monitor-interval: 100, up-delay: 200, primary: eth0")]
    [InlineData("mode: 802.3ad, lacp-rate: fast, ad-actor-system: '02:00:00:00:00:0a', ad-select: bandwidth")]
    [InlineData("mode: active-backup, arp-interval: 200, arp-ip-targets: [192.0.2.1, 192.0.2.2], arp-validate: all, arp-all-targets: all")]
    public async Task What_is_exported_is_read_by_nmcli_as_it_is_meant(string parameters)
    {
        var nmcli = Oracle.Find(Nmcli);
        var bonds = Texts.Valid(
            $"network: {{bonds: {{bond0: {{interfaces: [eth0], mtu: 9000, members: {{eth0: {{queue-id: 3}}}}, parameters: {{{parameters}}}}}}}}}"
        );
        var exported = Exporters.All.Single(exporter => exporter.Name == "NetworkManager").Write(bonds);
        Assert.Empty(exported.Notes);
        using var tree = new Tree();
        foreach (var file in exported.Files)
        {
            // Offline, nmcli reads a connection from standard input, and writes the connection that it understood.
            var (exitCode, output, error) = await Oracle.RunAsync(
                "sh",
                "-c",
                "exec \"$0\" --offline connection modify connection.autoconnect no <\"$1\"",
                nmcli,
                Saved(tree, file)
            );
            Assert.True(exitCode == 0, error);
            tree.Write(file.Path, output);
        }
        var read = ImporterTests.Read("NetworkManager", tree);
        Assert.Empty(read.Notes);
        Assert.Equal(Texts.Json(bonds[0].Spec), Texts.Json(Assert.Single(read.Bonds).Spec));
    }

    private static string Saved(Tree tree, ExportedFile file)
    {
        tree.Write(file.Path, file.Text);
        return Path.Combine(tree.Root, file.Path);
    }

    private static async Task<string> WrittenAsync(string nmcli, params string[] words)
    {
        var (exitCode, output, error) = await Oracle.RunAsync(nmcli, ["--offline", "connection", "add", .. words]);
        Assert.True(exitCode == 0, error);
        return output;
    }
}

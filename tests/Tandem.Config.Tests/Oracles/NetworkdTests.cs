using CsCheck;
using Tandem.Config.Export;
using Tandem.Config.Tests.Specs;
using Xunit;

namespace Tandem.Config.Tests.Oracles;

/// <summary>systemd-networkd itself reads the exported files.</summary>
public sealed class NetworkdTests
{
    private const string Program = "lib/systemd/systemd-networkd";

    [Fact]
    public async Task What_is_written_for_networkd_is_read_without_a_complaint()
    {
        var bonds = Texts.Valid(
            "network: {bonds: {bond0: {interfaces: [eth0, eth1], mtu: 9000, macaddress: '02:00:00:00:00:0a', parameters: {mode: active-backup, mii-monitor-interval: 100, up-delay: 200, down-delay: 300, primary: eth1, fail-over-mac-policy: active, primary-reselect-policy: better, gratuitous-arp: 3, all-slaves-active: yes}}, bond1: {interfaces: [eth2], parameters: {mode: 802.3ad, lacp-rate: fast, ad-select: count, min-links: 1, transmit-hash-policy: encap3+4, ad-actor-sys-prio: 7, ad-user-port-key: 8, ad-actor-system: '02:00:00:00:00:0b'}}, bond2: {interfaces: [], parameters: {mode: balance-tlb, tlb-dynamic-lb: no, learn-packet-interval: 4, resend-igmp: 9}}, bond3: {interfaces: [], parameters: {packets-per-slave: 5, arp-interval: 200, arp-ip-targets: [192.0.2.1, 192.0.2.2], arp-validate: all, arp-all-targets: all}}}}"
        );
        Assert.Equal("", await ComplaintsAsync(bonds));
    }

    [Fact]
    public async Task A_complaint_of_networkd_is_seen()
    {
        Oracle.Find(Program);
        using var tree = Tree.Of(
            ("etc/systemd/network/30-bond0.netdev", "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nLACPTransmitRate=sometimes\n")
        );
        Assert.Contains("30-bond0.netdev:5: Failed to parse", await ComplaintsAsync(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_for_networkd_is_imported_as_the_same_bond() =>
        SpecGenerator.Spec.Sample(
            spec =>
            {
                var bond = new NamedBond("bond0", Files.RoundTripTests.WithPlainNames(spec));
                var exported = Exporters.All.Single(exporter => exporter.Name == "networkd").Write([bond]);
                if (exported.Notes.Count > 0)
                    return;
                using var tree = new Tree();
                foreach (var file in exported.Files)
                    tree.Write(file.Path, file.Text);
                var read = Import.ImporterTests.Read("networkd", tree);
                Assert.Empty(read.Notes);
                Assert.Equal(Texts.Json(bond.Spec), Texts.Json(Assert.Single(read.Bonds).Spec));
            },
            iter: 300
        );

    private static async Task<string> ComplaintsAsync(IReadOnlyList<NamedBond> bonds)
    {
        Oracle.Find(Program);
        using var tree = new Tree();
        var exported = Exporters.All.Single(exporter => exporter.Name == "networkd").Write(bonds);
        Assert.Empty(exported.Notes);
        foreach (var file in exported.Files)
            tree.Write(file.Path, file.Text);
        return await ComplaintsAsync(tree);
    }

    // networkd runs in namespaces of its own: it reads the files at their usual paths, and cannot change this machine.
    private static async Task<string> ComplaintsAsync(Tree tree)
    {
        EndToEnd.Tests.Provided.Require(Environment.IsPrivilegedProcess, "namespaces need root");
        const string script =
            "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/network /run/systemd/netif && cp \"$1\"/etc/systemd/network/* /run/systemd/network/ && chmod -R a+rX /run/systemd && exec env SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=debug \"$0\"";
        var errors = await Oracle.RunUntilAsync(
            "Enumeration completed",
            "unshare",
            "-m",
            "-n",
            "sh",
            "-c",
            script,
            Oracle.Find(Program),
            tree.Root
        );
        Assert.Contains("Enumeration completed", errors, StringComparison.Ordinal);
        return string.Join(
            '\n',
            errors
                .Split('\n')
                .Where(line =>
                    line.Contains("/run/systemd/network/", StringComparison.Ordinal)
                    && line.Contains(": ", StringComparison.Ordinal)
                    && (
                        line.Contains("Failed", StringComparison.Ordinal)
                        || line.Contains("Unknown", StringComparison.Ordinal)
                        || line.Contains("ignoring", StringComparison.OrdinalIgnoreCase)
                    )
                )
        );
    }
}

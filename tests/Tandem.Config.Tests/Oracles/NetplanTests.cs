using System.Text.RegularExpressions;
using CsCheck;
using Tandem.Api;
using Tandem.Config.Export;
using Tandem.Config.Import;
using Tandem.Config.Tests.Import;
using Tandem.Config.Tests.Specs;
using Xunit;

namespace Tandem.Config.Tests.Oracles;

/// <summary>netplan itself reads the exported files, and the files that it generates describe the same bond.</summary>
public sealed partial class NetplanTests
{
    private const string Generate = "usr/libexec/netplan/generate";

    // Each parameter of netplan.
    private static readonly string[] Rows =
    [
        "mode: balance-rr",
        "mode: active-backup",
        "mode: balance-xor",
        "mode: broadcast",
        "mode: 802.3ad",
        "mode: balance-tlb",
        "mode: balance-alb",
        "mode: 802.3ad, lacp-rate: fast",
        "mode: 802.3ad, lacp-rate: slow",
        "mii-monitor-interval: 100",
        "mii-monitor-interval: 100ms",
        "mii-monitor-interval: 2s",
        "min-links: 2",
        "transmit-hash-policy: layer3+4",
        "transmit-hash-policy: layer2+3",
        "transmit-hash-policy: encap2+3",
        "transmit-hash-policy: encap3+4",
        "ad-select: bandwidth",
        "ad-select: count",
        "all-slaves-active: true",
        "all-members-active: yes",
        "arp-interval: 200",
        "arp-interval: 1s",
        "arp-ip-targets: [192.0.2.1]",
        "arp-ip-targets: [192.0.2.1, 192.0.2.2]",
        "arp-validate: active",
        "arp-validate: backup",
        "arp-validate: all",
        "arp-all-targets: all",
        "mii-monitor-interval: 100, up-delay: 200",
        "mii-monitor-interval: 100, down-delay: 300ms",
        "mii-monitor-interval: 100, up-delay: 1s",
        "fail-over-mac-policy: active",
        "fail-over-mac-policy: follow",
        "gratuitous-arp: 3",
        "gratuitious-arp: 4",
        "packets-per-slave: 4",
        "primary-reselect-policy: better",
        "primary-reselect-policy: failure",
        "resend-igmp: 5",
        "learn-packet-interval: 6",
        "learn-packet-interval: 6s",
        "mode: active-backup, primary: eth1",
    ];

    public static TheoryData<string> Parameters => [.. Rows];

    public static TheoryData<string> ParametersWithoutUnits => [.. Rows.Where(row => !Unit().IsMatch(row))];

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_parameter_means_to_netplan_what_it_means_here(string parameters)
    {
        var text =
            $"network:\n  version: 2\n  ethernets: {{eth0: {{}}, eth1: {{}}}}\n  bonds: {{bond0: {{interfaces: [eth0, eth1], parameters: {{{parameters}}}}}}}\n";
        var wanted = Texts.Valid(text)[0].Spec;
        Equal(wanted, await NetworkdOfNetplanAsync(text));
    }

    [Fact]
    public async Task A_bond_written_for_netplan_is_the_same_bond_there()
    {
        Oracle.Find(Generate);
        await SpecGenerator.Spec.SampleAsync(
            async spec =>
            {
                // Left out: names that the file formats of netplan's backends cannot have, and options that netplan lacks.
                var bond = new NamedBond("bond0", Plain(spec));
                var exported = Exporters.All.Single(exporter => exporter.Name == "netplan").Write([bond]);
                if (exported.Notes.Count == 0)
                    Equal(bond.Spec, await NetworkdOfNetplanAsync(exported.Files[0].Text));
            },
            iter: 150,
            threads: 1
        );
    }

    [Theory]
    [InlineData("bond0: {interfaces: [eth0], parameters: {lacp-rat: fast}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {mode: 4}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {mode: active}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {all-slaves-active: 1}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {min-links: many}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {gratuitous-arp: x}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {arp-ip-targets: [nowhere]}}")]
    [InlineData("bond0: {interfaces: [eth0], parameters: {arp-ip-targets: 192.0.2.1}}")]
    [InlineData("bond0: {interfaces: eth0}")]
    [InlineData("bond0: {interfaces: [eth0], mtu: big}")]
    [InlineData("bond0: {interfaces: [eth0], macaddress: 02:00}")]
    [InlineData("bond0: {interfaces: [eth0], colour: blue}")]
    [InlineData("bond0: {interfaces: [eth0]}\n    bond1: {interfaces: [eth0]}")]
    [InlineData("bond0: [eth0]")]
    [InlineData("bond0: {interfaces: [eth0}")]
    [InlineData("bond0:\n\tinterfaces: [eth0]")]
    public async Task What_netplan_refuses_is_refused_here(string bonds)
    {
        var text = $"network:\n  version: 2\n  ethernets: {{eth0: {{}}, eth1: {{}}}}\n  bonds:\n    {bonds}\n";
        using var tree = Tree.Of(("etc/netplan/a.yaml", text));
        var (exitCode, _, _) = await Oracle.RunAsync(Oracle.Find(Generate), "--root-dir", tree.Root);
        Assert.NotEqual(0, exitCode);
        Assert.False(Texts.Read(text).IsValid);
    }

    // netplan 0.106 uses only the first file's arp-ip-targets; its manual says that they are joined.
    [Fact]
    public async Task Several_files_are_merged_as_netplan_does()
    {
        string[] texts =
        [
            "network: {version: 2, ethernets: {eth0: {}, eth1: {}}, bonds: {bond0: {interfaces: [eth0], mtu: 1400, parameters: {mode: active-backup, resend-igmp: 3}}}}",
            "network: {bonds: {bond0: {interfaces: [eth1], mtu: 9000, parameters: {resend-igmp: 5}}}}",
        ];
        using var tree = Tree.Of(("etc/netplan/a.yaml", texts[0]), ("etc/netplan/b.yaml", texts[1]));
        Equal(Texts.Valid(texts)[0].Spec, await NetworkdAsync(tree));
    }

    // netplan's files for NetworkManager are read as the same bond too. Parameters with units are left out: netplan copies units of time, which
    // NetworkManager does not know.
    [Theory]
    [MemberData(nameof(ParametersWithoutUnits))]
    public async Task A_parameter_means_the_same_by_way_of_NetworkManager(string parameters)
    {
        var text =
            $"network:\n  version: 2\n  ethernets: {{eth0: {{}}, eth1: {{}}}}\n  bonds: {{bond0: {{interfaces: [eth0, eth1], parameters: {{{parameters}}}}}}}\n";
        using var tree = Tree.Of(
            ("etc/netplan/a.yaml", text.Replace("version: 2\n", "version: 2\n  renderer: NetworkManager\n", StringComparison.Ordinal))
        );
        await GenerateAsync(tree);
        var read = ImporterTests.Read("NetworkManager", tree);
        // netplan gives a bond without addresses a link-local one, which the import notes.
        Equal(Texts.Valid(text)[0].Spec, read with { Notes = [.. read.Notes.Where(note => note.Key is not ("[ipv4]" or "[ipv6]"))] });
    }

    private static BondSpec Plain(BondSpec spec) =>
        spec with
        {
            Options = spec.Options!.Where(option => option.Key is not ("primary" or "active_slave")).ToDictionary(StringComparer.Ordinal),
            NumTxQueues = null,
            Up = true,
            Members = [new MemberSpec { Name = "eth0" }],
        };

    private static async Task<Imported> NetworkdOfNetplanAsync(string text)
    {
        using var tree = Tree.Of(("etc/netplan/a.yaml", text));
        return await NetworkdAsync(tree);
    }

    private static async Task<Imported> NetworkdAsync(Tree tree)
    {
        await GenerateAsync(tree);
        return ImporterTests.Read("networkd", tree);
    }

    private static async Task GenerateAsync(Tree tree)
    {
        var (exitCode, _, error) = await Oracle.RunAsync(Oracle.Find(Generate), "--root-dir", tree.Root);
        Assert.True(exitCode == 0, error);
    }

    private static void Equal(BondSpec wanted, Imported actual)
    {
        Assert.Empty(actual.Notes);
        var spec = Assert.Single(actual.Bonds).Spec;
        // Compared as a set: members come in the order of the backend's file names.
        Assert.Equal(
            wanted.Members!.Select(member => member.Name).Order(StringComparer.Ordinal),
            spec.Members!.Select(member => member.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Texts.Json(wanted with { Members = null }), Texts.Json(spec with { Members = null }));
    }

    [GeneratedRegex(@"\d(s|ms)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Unit();
}

using CsCheck;
using Tandem.Api;
using Tandem.Config.Files;
using Tandem.Config.Specs;
using Tandem.Config.Tests.Specs;
using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class RoundTripTests
{
    [Fact]
    public void What_is_written_is_read_as_the_same_spec() =>
        SpecGenerator.Spec.Sample(
            spec =>
            {
                var text = ConfigurationWriter.Write([new NamedBond("bond0", spec)]);
                var read = ConfigurationReader.Read([("a.yaml", text)]);
                Assert.True(read.IsValid, $"{string.Join('\n', read.Errors)}\n{text}");
                Assert.Equal(Texts.Json(spec), Texts.Json(Assert.Single(read.Bonds).Spec));
            },
            iter: 3_000
        );

    [Fact]
    public void The_canonical_form_is_the_same_if_taken_again() =>
        SpecGenerator.Spec.Sample(spec => Assert.Equal(Texts.Json(spec), Texts.Json(CanonicalSpec.Of(spec))), iter: 1_000);

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        var pieces = new[]
        {
            "network:",
            "bonds:",
            "bond0",
            "interfaces",
            "parameters",
            "members",
            "mode",
            ": ",
            "\n",
            "  ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            ",",
            "- ",
            "&a ",
            "*a",
            "!t ",
            "|",
            ">",
            "\"",
            "'",
            "#",
            "---",
            "...",
            "? ",
            "eth0",
            "1",
            "%YAML 9",
            "\0",
            "\u2028",
            "é",
            "~",
            "@",
            "\\",
            "<<",
        };
        Gen.Int[0, pieces.Length - 1]
            .Select(i => pieces[i])
            .Array[0, 40]
            .Sample(
                parts =>
                {
                    var text = string.Concat(parts);
                    var read = ConfigurationReader.Read([("a.yaml", text)]);
                    Assert.All(read.Errors, error => Assert.Equal("a.yaml", error.Place.File));
                },
                iter: 20_000
            );
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_read_or_refused()
    {
        var text = ConfigurationWriter.Write([
            .. Texts.Valid(
                "network: {bonds: {bond0: {interfaces: [eth0, '1'], mtu: 9000, members: {eth0: {prio: 3}}, parameters: {mode: active-backup, arp-interval: 100, arp-ip-targets: [192.0.2.1], primary: eth0}}}}"
            ),
        ]);
        for (var length = 0; length <= text.Length; length++)
        {
            var read = ConfigurationReader.Read([("a.yaml", text[..length])]);
            Assert.All(read.Errors, error => Assert.InRange(error.Place.Line, 1, text.Split('\n').Length));
        }
    }

    [Fact]
    public void A_file_is_written_as_by_hand() =>
        Assert.Equal(
            """
            network:
              version: 2
              bonds:
                bond0:
                  interfaces: [eth0, eth1]
                  mtu: 9000
                  macaddress: "02:00:00:00:00:0a"
                  parameters:
                    mode: active-backup
                    mii-monitor-interval: 100
                    up-delay: 200
                    arp-ip-targets: [192.0.2.1, 192.0.2.2]
                    ns-ip6-target: ["fe80::1"]
                    primary: eth1
                    all-slaves-active: true
                  members:
                    eth1:
                      queue-id: 2
                      prio: 3
                bond1:
                  interfaces: ["123"]
                  up: false
                  parameters:
                    mode: balance-rr

            """,
            ConfigurationWriter.Write([
                .. Texts.Valid(
                    "network: {bonds: {bond0: {interfaces: [eth0, eth1], mtu: 9000, macaddress: '02:00:00:00:00:0a', members: {eth1: {prio: 3, queue-id: 2}}, parameters: {mode: active-backup, mii-monitor-interval: 100, up-delay: 200, arp-ip-targets: [192.0.2.1, 192.0.2.2], ns-ip6-target: ['fe80::1'], primary: eth1, all-slaves-active: yes, resend-igmp: 1}}, bond1: {interfaces: ['123'], up: no}}}"
                ),
            ])
        );

    /// <summary>A spec with names of interfaces that every tool's files can have.</summary>
    internal static BondSpec WithPlainNames(BondSpec spec)
    {
        var members = spec.Members?.Select((member, i) => member with { Name = $"eth{i}" }).ToList() ?? [];
        var options = spec.Options!.ToDictionary(StringComparer.Ordinal);
        foreach (var name in new[] { "primary", "active_slave" })
        {
            if (options.ContainsKey(name))
                options[name] = "eth0";
        }
        return spec with { Options = options, Members = members, NumTxQueues = null, Up = true };
    }
}

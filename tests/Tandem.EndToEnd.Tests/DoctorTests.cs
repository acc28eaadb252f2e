using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The published programs examine this machine.</summary>
public sealed class DoctorTests
{
    // Checks that the other tests of this project need, and those of the kernel data path, if this machine has it.
    private static readonly string[] Needed = ["net-admin", "net-raw", "tun", "tap-device", "packet-socket", "nftables-netdev"];

    [Fact]
    public void The_service_finds_all_that_bonds_need_and_leaves_nothing_behind()
    {
        using var lab = new Lab(cables: 0);
        var before = Traces(lab.A);
        var report = JsonDocument.Parse(lab.A.Tandem("-j", "doctor")).RootElement;
        Assert.True(report.GetProperty("is_running").GetBoolean());
        Assert.True(report.GetProperty("can_bond").GetBoolean());
        Assert.All(Needed, id => Assert.Equal("ok", Status(report, id)));
        Assert.Equal(before, Traces(lab.A));
        var text = lab.A.Tandem("doctor");
        Assert.StartsWith("Examined by the service (tandemd ", text, StringComparison.Ordinal);
        Assert.EndsWith("\nA bond can be created.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_service_its_program_looks()
    {
        using var lab = new Lab(cables: 0, start: false);
        var before = Traces(lab.A);
        var outcome = lab.A.TryTandem("doctor");
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.StartsWith(
            $"No service runs on {lab.A.Socket}. Examined by {Programs.Tandemd} --doctor",
            outcome.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(before, Traces(lab.A));
    }

    [Fact]
    public void Without_rights_it_says_what_is_missing()
    {
        using var lab = new Lab(cables: 0, start: false);
        var before = Traces(lab.A);
        var outcome = lab.A.Run("setpriv", "--inh-caps=-all", "--bounding-set=-all", Programs.Tandem, "-j", "doctor");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        var report = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.False(report.GetProperty("can_bond").GetBoolean());
        string[] missing = ["net-admin", "net-raw", "ebpf-rights"];
        Assert.All(missing, id => Assert.Equal("missing", Status(report, id)));
        string[] unknown = ["tap-device", "packet-socket", "ebpf", "mappable-array", "traffic-hook"];
        Assert.All(unknown, id => Assert.Equal("unknown", Status(report, id)));
        Assert.Equal("none", report.GetProperty("will_be_used")[0].GetProperty("choice").GetString());
        Assert.Equal(before, Traces(lab.A));
    }

    [Fact]
    public void In_a_user_namespace_the_fast_path_is_not_to_be_had_and_a_bond_is()
    {
        using var lab = new Lab(cables: 0, start: false);
        var outcome = lab.A.Run("unshare", "--user", "--map-root-user", "--net", Programs.Tandem, "-j", "doctor");
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var report = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal("missing", Status(report, "ebpf-rights"));
        Assert.Equal("csharp", report.GetProperty("will_be_used")[0].GetProperty("choice").GetString());
    }

    private static string? Status(JsonElement report, string id) =>
        report
            .GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("id").GetString() == id)
            .GetProperty("status")
            .GetString();

    // Interfaces, tables, queueing disciplines. eBPF maps and programs have no namespace: those of tests that run in parallel come and go.
    private static string Traces(Host host) => host.Ip("link") + host.Must("nft", "list", "ruleset") + host.Must("tc", "qdisc", "show");
}

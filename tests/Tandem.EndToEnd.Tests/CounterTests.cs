using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The counters of bond0, wherever they are read.</summary>
public sealed class CounterTests
{
    private const int SigHup = 1;

    [Theory]
    [InlineData("device_kind", "veth")]
    [InlineData("data_path", "csharp")]
    public void All_counters_of_bond0_count_what_it_carried_in_both_directions(string option, string value)
    {
        using var lab = new Lab().Bond("mode", "balance-rr", option, value);
        using var server = lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        foreach (var (direction, arguments) in new (string, string[])[] { ("tx", []), ("rx", ["-R"]) })
        {
            var before = Read(lab.A);
            var report = JsonDocument.Parse(lab.A.Must(["iperf3", "-J", "-c", "10.213.0.2", "-n", "20M", .. arguments])).RootElement;
            var bytes = report.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64();
            var after = Read(lab.A);
            foreach (var source in Sources)
                // Headers, acknowledgements and retransmissions come on top.
                Assert.InRange(after[$"{source} {direction}_bytes"] - before[$"{source} {direction}_bytes"], bytes, bytes * 3 / 2);
        }
        var counted = Read(lab.A);
        lab.A.Must("ping", "-q", "-i0.01", "-c100", "10.213.0.2");
        foreach (var (name, now) in Read(lab.A).Where(each => each.Key.EndsWith("_packets", StringComparison.Ordinal)))
            Assert.InRange(now - counted[name], 100, 115);
    }

    [Theory]
    [InlineData("ebpf")]
    [InlineData("csharp")]
    public void Frames_that_a_members_device_refuses_count_as_dropped_wherever_they_are_read(string path)
    {
        using var lab = new Lab(cables: 1).Bond("mode", "active-backup", "data_path", path);
        lab.A.Must("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "400kbit", "burst", "3000", "limit", "5000");
        var before = OfMember();
        lab.A.Run("bash", "-c", "head -c 300000 /dev/zero | socat -u -b 1000 STDIN UDP-SENDTO:10.213.0.2:9");
        var dropped = OfMember();
        Assert.InRange(dropped - before, 1, 300);
        var bond = JsonDocument.Parse(lab.A.Tandem("-s", "-j", "link", "show", "bond0")).RootElement[0];
        Assert.InRange(bond.GetProperty("stats64").GetProperty("tx").GetProperty("dropped").GetInt64(), dropped, long.MaxValue);

        long OfMember() =>
            JsonDocument
                .Parse(lab.A.Tandem("-j", "show", "bond0"))
                .RootElement.GetProperty("members")[0]
                .GetProperty("counters")
                .GetProperty("tx_dropped")
                .GetInt64();
    }

    [Fact]
    public void Counters_never_go_backwards_whatever_becomes_of_members_and_service()
    {
        using var lab = new Lab().Bond("mode", "balance-rr", "device_kind", "veth");
        var last = Read(lab.A);
        CountsOn("at first");
        lab.A.Tandem("link", "set", "eth1", "nomaster");
        lab.B.Tandem("link", "set", "eth1", "nomaster");
        CountsOn("after a member's release");
        lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        lab.B.Tandem("link", "set", "eth1", "master", "bond0");
        CountsOn("after its return");
        Shell.Signal(lab.A.Service.Pid, SigHup);
        Shell.Until(() => lab.A.Service.Log.Contains("taken over", StringComparison.Ordinal), "the next service takes over");
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");
        CountsOn("after a change of service");
        lab.A.Service.Kill();
        Passes();
        lab.A.Service.Start();
        CountsOn("after a kill");

        void CountsOn(string when)
        {
            Passes();
            var now = Read(lab.A);
            foreach (var (name, value) in now)
                Assert.True(
                    value >= last[name] + (name.EndsWith("packets", StringComparison.Ordinal) ? 20 : 20 * 84),
                    $"{when}: {name} from {last[name]} to {value}"
                );
            last = now;
        }

        void Passes() =>
            Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.01", "-c20", "10.213.0.2"), StringComparison.Ordinal);
    }

    private static readonly string[] Sources = ["ip", "proc", "sys", "tandem"];

    /// <summary>The counters by their source and name, for example <c>proc rx_bytes</c>.</summary>
    private static Dictionary<string, long> Read(Host host)
    {
        var counters = new Dictionary<string, long>();
        var kernel = System
            .Text.Json.JsonDocument.Parse(host.Ip("-s", "-j", "link", "show", "dev", "bond0"))
            .RootElement[0]
            .GetProperty("stats64");
        var tandem = host.Link("bond0").GetProperty("stats64");
        // After the name there are 8 columns of received traffic, then those of sent traffic.
        var proc = host.Must("awk", "$1 == \"bond0:\" { print $2, $3, $10, $11 }", "/proc/net/dev").Split(' ');
        var column = 0;
        foreach (var direction in new[] { "rx", "tx" })
        foreach (var what in new[] { "bytes", "packets" })
        {
            var name = $"{direction}_{what}";
            counters[$"ip {name}"] = kernel.GetProperty(direction).GetProperty(what).GetInt64();
            counters[$"tandem {name}"] = tandem.GetProperty(direction).GetProperty(what).GetInt64();
            counters[$"proc {name}"] = Number(proc[column++]);
            counters[$"sys {name}"] = Number(host.Must("cat", $"/sys/class/net/bond0/statistics/{name}"));
        }
        return counters;
    }

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>LACPDUs are on time under every load of the service.</summary>
public sealed class PunctualityTests
{
    // An LACPDU is due each second. If it is overdue by a third, another thread sends it, however long the first thread is held up. The rest is a
    // margin for a machine that is busy with other tests.
    private const double Latest = 1.4; // s
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly string[] Members = ["eth0", "eth1", "eth2"];

    [Theory]
    [InlineData("ebpf")]
    [InlineData("csharp")]
    public void No_lacpdu_is_late_while_the_service_is_stormed_and_a_member_flooded(string path)
    {
        using var lab = new Lab(cables: Members.Length).Bond("mode", "802.3ad", "lacp_rate", "fast", "miimon", "100", "data_path", path);
        Shell.Until(() => Members.All(member => lab.A.Said(member, "lacp-up") == 1), "the members carry traffic");
        Storm(lab.A);
        Flood(lab.B, "eth0");
        var heard = Members.ToDictionary(member => member, member => Capture(lab.B, member));
        Thread.Sleep(Length);
        foreach (var (member, capture) in heard)
        {
            Shell.Signal(capture.Id, 2);
            var times = Times(capture.StandardOutput.ReadToEnd());
            Assert.True(times.Count >= Length.TotalSeconds - 2, $"{times.Count} LACPDUs on {member}");
            var gap = times.Zip(times.Skip(1), (one, next) => next - one).Max();
            TestContext.Current.TestOutputHelper?.WriteLine($"{path} {member}: {times.Count} LACPDUs, at most {gap:F3} s apart");
            Assert.True(gap <= Latest, $"{gap:F3} s between two LACPDUs on {member}");
        }
        // Checks that the storm and the flood were real.
        Assert.True(new FileInfo(Answered(lab.A)).Length > 200, $"{new FileInfo(Answered(lab.A)).Length} answers");
        Assert.True(Excess(lab.A, "eth0") > 1000, $"{Excess(lab.A, "eth0")} frames too many");
        // Meanwhile the other members heard their partner, and the partner heard them.
        foreach (var member in Members[1..])
            Assert.Equal((0, 0), (lab.A.Said(member, "lacp-down"), lab.B.Said(member, "lacp-down")));
    }

    // Four clients: two keep reading all bonds, which makes garbage; one changes an option; one creates and removes bonds, for each of which
    // programs are loaded.
    private static void Storm(Host host)
    {
        var curl = $"curl -s -o /dev/null -w . --unix-socket {host.Socket}";
        const string Bonds = "http://tandem/v1/bonds";
        string[] clients =
        [
            $"{curl} '{Bonds}?[1-100]'",
            $"{curl} '{Bonds}?[1-100]'",
            $"{curl} -X PATCH -d '{{\"options\":{{\"miimon\":\"100\"}}}}' '{Bonds}/bond0?[1-100]'",
            $"{curl} -d '{{\"name\":\"bond9\"}}' {Bonds}; {curl} -X DELETE {Bonds}/bond9",
        ];
        foreach (var client in clients)
            host.Start("bash", "-c", $"while true; do {client}; done >> {Answered(host)}");
    }

    // The file has a dot for each answer.
    private static string Answered(Host host) => Path.Combine(host.Directory, "answered");

    // Slow-protocols frames of no known protocol, as fast as possible.
    private static void Flood(Host host, string member)
    {
        const int FrameLength = 60;
        var frames = new byte[20_000 * FrameLength];
        for (var at = 0; at < frames.Length; at += FrameLength)
            Convert.FromHexString("0180c2000002" + "020000000099" + "8809" + "0a").CopyTo(frames, at);
        var file = Path.Combine(host.Directory, "frames");
        File.WriteAllBytes(file, frames);
        host.Start("bash", "-c", $"while true; do socat -u -b {FrameLength} OPEN:{file} INTERFACE:{member}; done");
    }

    private static Process Capture(Host host, string member) =>
        host.Start("tcpdump", "-i", member, "-Q", "in", "-tt", "-n", "-l", "ether", "proto", "0x8809");

    private static List<double> Times(string captured) =>
        [
            .. captured
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)),
        ];

    private static long Excess(Host host, string member)
    {
        var answer = host.Must("curl", "-s", "--unix-socket", host.Socket, "http://tandem/v1/bonds/bond0");
        return JsonDocument
            .Parse(answer)
            .RootElement.GetProperty("members")
            .EnumerateArray()
            .First(one => one.GetProperty("name").GetString() == member)
            .GetProperty("lacp")
            .GetProperty("counters")
            .GetProperty("excess")
            .GetInt64();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Another program decodes Tandem's LACPDUs.</summary>
public sealed class LacpDecodingTests
{
    // Bits of a state: in sync, collecting, distributing.
    private const int Synchronization = 0x08;
    private const int Collecting = 0x10;
    private const int Distributing = 0x20;

    private const string Lacpdu = "0x01";
    private const string Marker = "0x02";

    private static readonly string[] Members = ["eth0", "eth1"];

    private static readonly string[] Fields =
    [
        "eth.dst",
        "eth.src",
        "frame.len",
        "slow.subtype",
        "lacp.version",
        .. EndFields("actor"),
        .. EndFields("partner"),
        "marker.tlvType",
        "marker.requesterSystem",
        "marker.requesterTransId",
    ];

    [Fact]
    public void Tshark_decodes_all_that_a_bond_sends_from_its_start_to_its_end()
    {
        OptionalProgram.Require("tshark", "tshark");
        Shell.AtOnce(() => Decode("fast"), () => Decode("slow"));
    }

    private static void Decode(string rate)
    {
        using var lab = new Lab();
        string[] options = ["mode", "802.3ad", "miimon", "50", "lacp_rate", rate];
        lab.BondHost(lab.B, 2, options);
        var captures = Members.Select(member => Capture(lab.B, member)).ToArray();

        lab.BondHost(lab.A, 1, options);
        var settled = Settled(lab, rate, times: 1);
        AskForMarker(lab);
        lab.Cut(0);
        Shell.Until(() => lab.A.Said("eth0", "lacp-down") == 1, "the cut is noticed");
        lab.Mend(0);
        Assert.Equal(settled, Settled(lab, rate, times: 2));
        lab.A.Tandem("link", "set", "eth0", "type", "bond_slave", "drain", "on");
        Shell.Until(() => lab.A.Said("eth0", "lacp-drained") == 1, "eth0 is drained");
        lab.A.Tandem("link", "set", "eth0", "type", "bond_slave", "drain", "off");
        Assert.Equal(settled, Settled(lab, rate, times: 3));
        var theirs = LacpLink.Of(lab.B);
        var sent = LacpLink.CounterOf(lab.A, "eth1", "lacpdu_sent");
        lab.A.Tandem("link", "del", "bond0");

        var frames = new Dictionary<string, Dictionary<string, string>[]>();
        foreach (var member in Members)
            Shell.Until(
                () =>
                    (frames[member] = Frames(lab.B, member)).LastOrDefault(IsLacpdu) is { } last
                    && (EndOf("actor", last).State & Synchronization) == 0,
                "the farewell is captured"
            );
        foreach (var capture in captures)
        {
            Shell.Signal(capture, PosixSignal.SIGINT);
            Assert.True(capture.WaitForExit(TimeSpan.FromSeconds(5)), "tcpdump does not end");
        }

        foreach (var member in Members)
        {
            Assert.Equal("", lab.B.Must("tshark", "-r", FileOf(lab.B, member), "-Y", "_ws.malformed || _ws.expert || !slow"));
            Assert.All(frames[member], frame => IsOurs(frame, settled[member], theirs[member].Actor));
        }
        // The farewell, and one or two LACPDUs that were due in between.
        Assert.InRange(frames["eth1"].Count(IsLacpdu), sent + 1, sent + 3);
        var marker = Assert.Single(frames["eth0"], frame => frame["slow.subtype"] == Marker);
        Assert.Equal(
            ("0x02,0x00", "02:00:00:00:0b:ee", "7"),
            (marker["marker.tlvType"], marker["marker.requesterSystem"], marker["marker.requesterTransId"])
        );
        Live([.. frames["eth0"].Where(IsLacpdu).Select(frame => EndOf("actor", frame).State)], settled["eth0"].State, rate);
    }

    // The announced states, in the order of events.
    private static void Live(int[] states, int settled, string rate)
    {
        // A link that becomes distributing after it collected does not announce that at once (802.1AX, figure 6-21). At the slow rate it may be cut
        // before.
        var rarely = rate == "slow" ? Distributing : 0;
        var away = settled & ~(Synchronization | Collecting | Distributing);
        (string What, Func<int, bool> Is)[] life =
        [
            ("joining", state => (state & Synchronization) == 0),
            ("aggregated", state => (state | rarely) == settled),
            ("mended", state => (state & Distributing) == 0),
            ("aggregated again", state => (state | rarely) == settled),
            ("drained", state => state == away),
            ("in use again", state => (state | Distributing) == settled),
            ("ended", state => state == away),
        ];
        var next = 0;
        foreach (var state in states)
        {
            if (next < life.Length && life[next].Is(state))
                next++;
        }
        Assert.True(
            next == life.Length,
            $"{rate}: not {life[Math.Min(next, life.Length - 1)].What} in {string.Join(' ', states.Select(state => $"{state:x2}"))}"
        );
        Assert.Equal(away, states[^1]);
    }

    // The frame names our end, and the partner or none yet.
    private static void IsOurs(Dictionary<string, string> frame, LacpEnd ours, LacpEnd theirs)
    {
        Assert.Equal("01:80:c2:00:00:02", frame["eth.dst"]);
        Assert.Equal("124", frame["frame.len"]);
        if (!IsLacpdu(frame))
            return;
        Assert.Equal("0x01", frame["lacp.version"]);
        Assert.Equal(ours, EndOf("actor", frame) with { State = ours.State });
        var partner = EndOf("partner", frame);
        if (partner.System == "00:00:00:00:00:00")
            Assert.Equal(new LacpEnd(0, partner.System, 0, 0, 0, partner.State), partner);
        else
            Assert.Equal(theirs, partner with { State = theirs.State });
    }

    // Sends a marker (802.1AX, 6.5) of port 1 of 02:00:00:00:0b:ee, number 7, and waits for the answer.
    private static void AskForMarker(Lab lab)
    {
        const string Request =
            "0180c2000002" + "020000000bee" + "8809" + "0201" + "0110" + "0001" + "020000000bee" + "00000007" + "00000000";
        Wire.Send(lab.B, "eth0", Request + new string('0', 180));
        Shell.Until(() => LacpLink.CounterOf(lab.A, "eth0", "marker_response_sent") == 1, "the marker is answered");
    }

    private static string FileOf(Host host, string member) => Path.Combine(host.Directory, member + ".pcap");

    private static Process Capture(Host host, string member)
    {
        string[] options = ["-i", member, "-Q", "in", "--immediate-mode", "-U", "-Z", "root", "-w", FileOf(host, member)];
        var capture = host.Start(["tcpdump", .. options, "ether", "proto", "0x8809"]);
        Shell.Until(() => capture.StandardError.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true, "tcpdump listens");
        return capture;
    }

    // Our ends of the links, once both links are in use and both hosts agree.
    private static Dictionary<string, LacpEnd> Settled(Lab lab, string rate, int times)
    {
        Shell.Until(
            () => lab.A.Said("eth0", "lacp-up") == times && lab.A.Said("eth1", "lacp-up") == 1 && lab.B.Said("eth0", "lacp-up") == times,
            "both members carry traffic"
        );
        Shell.Until(() => LacpLink.Disagreement(lab.A, lab.B, rate), $"both hosts agree, at the {rate} rate");
        return LacpLink.Of(lab.A).ToDictionary(link => link.Key, link => link.Value.Actor);
    }

    private static bool IsLacpdu(Dictionary<string, string> frame) => frame["slow.subtype"] == Lacpdu;

    private static Dictionary<string, string>[] Frames(Host host, string member) =>
        [
            .. host.Must(["tshark", "-r", FileOf(host, member), "-T", "fields", .. Fields.SelectMany(field => new[] { "-e", field })])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Fields.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => pair.Second)),
        ];

    private static string[] EndFields(string end) =>
        [.. new[] { "sys_priority", "sysid", "key", "port_priority", "port", "state" }.Select(field => $"lacp.{end}.{field}")];

    private static LacpEnd EndOf(string end, Dictionary<string, string> frame)
    {
        int Number(string field) => int.Parse(frame[$"lacp.{end}.{field}"], CultureInfo.InvariantCulture);
        return new LacpEnd(
            Number("sys_priority"),
            frame[$"lacp.{end}.sysid"],
            Number("key"),
            Number("port_priority"),
            Number("port"),
            Convert.ToInt32(frame[$"lacp.{end}.state"], 16)
        );
    }
}

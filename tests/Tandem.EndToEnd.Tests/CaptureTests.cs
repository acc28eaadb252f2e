using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Packet sockets on bond0 see transmitted and received frames.</summary>
public sealed class CaptureTests
{
    private const int Pings = 5;

    [Theory]
    [InlineData("balance-rr", "device_kind", "veth")]
    [InlineData("active-backup", "device_kind", "veth")]
    [InlineData("balance-xor", "device_kind", "veth")]
    [InlineData("broadcast", "device_kind", "veth")]
    [InlineData("802.3ad", "device_kind", "veth")]
    [InlineData("balance-rr", "data_path", "csharp")]
    [InlineData("active-backup", "data_path", "csharp")]
    [InlineData("balance-xor", "data_path", "csharp")]
    [InlineData("broadcast", "data_path", "csharp")]
    [InlineData("802.3ad", "data_path", "csharp")]
    public void Tcpdump_sees_each_frame_once_in_both_directions(string mode, string option, string value)
    {
        using var lab = new Lab();
        lab.BondHost(lab.B, 2, "mode", mode, option, value);
        lab.A.Tandem("link", "add", "bond0", "type", "bond", "mode", mode, option, value);
        lab.A.Tandem("link", "set", "bond0", "up");
        // One capture starts before the bond has a member, the other one later.
        var early = new Capture(lab.A, "bond0", "icmp");
        lab.A.Tandem("link", "set", "eth0", "master", "bond0");
        lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        if (mode is "broadcast" or "802.3ad")
            Shell.Until(() => BothCarry(lab, mode), "both members carry frames");
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        // The first frames wait for address resolution, and may time out.
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bonds answer");
        var late = new Capture(lab.A, "bond0", "icmp");

        lab.A.Must("ping", "-q", "-s100", "-i0.05", $"-c{Pings}", "10.213.0.2");
        lab.B.Must("ping", "-q", "-s100", "-i0.05", $"-c{Pings}", "10.213.0.1");

        // A frame that is broadcast arrives twice, and is answered twice.
        int[] times = mode == "broadcast" ? [1, 4, 2, 2] : [1, 1, 1, 1];
        int[] expected = [.. times.Select(each => each * Pings)];
        foreach (var capture in new[] { early, late })
        {
            Shell.Until(
                () => Seen(capture).Zip(expected).All(each => each.First >= each.Second) ? null : capture.Text,
                "all frames are captured"
            );
            Assert.Equal(expected, Seen(capture));
        }

        static IEnumerable<int> Seen(Capture capture) => Directions.Select(direction => capture.Count(direction, ", length 108"));
    }

    [Theory]
    [InlineData("device_kind", "veth")]
    [InlineData("data_path", "csharp")]
    public void Packet_sockets_say_which_way_a_frame_went_and_to_whom(string option, string value)
    {
        using var lab = new Lab().Bond("mode", "active-backup", option, value);
        var index = lab.A.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32();
        var capture = new Capture(lab.A, "any");
        lab.A.Must("ping", "-q", "-c1", "10.213.0.2");
        // No host has the first address, so its resolution sends a broadcast.
        lab.B.Run("ping", "-q", "-c1", "-w1", "10.213.0.77");
        lab.B.Run("ping", "-q", "-c1", "-w1", "ff02::1%bond0");
        foreach (
            var (direction, frame) in new[]
            {
                ("Out", "echo request"),
                ("In ", "echo reply"),
                ("B  ", "who-has 10.213.0.77"),
                ("M  ", "> ff02::1:"),
            }
        )
            Shell.Until(
                () => capture.Count($"bond0 {direction} ifindex {index} ", frame) > 0 ? null : capture.Text,
                $"{direction}: {frame}"
            );
    }

    [Theory]
    [InlineData("device_kind", "veth")]
    [InlineData("data_path", "csharp")]
    public void Sockets_bound_to_bond0_talk_over_it(string option, string value)
    {
        using var lab = new Lab().Bond("mode", "balance-xor", option, value);
        Assert.Contains(
            " 0% packet loss",
            lab.A.Must("ping", "-I", "bond0", "-q", "-i0.05", "-c5", "10.213.0.2"),
            StringComparison.Ordinal
        );
        lab.B.Start("socat", "TCP4-LISTEN:7000,so-bindtodevice=bond0", "EXEC:cat");
        Shell.Until(() => lab.B.Run("ss", "-Hltn").Output.Contains("%bond0:7000", StringComparison.Ordinal), "a socket listens");
        using var client = lab.A.Start("socat", "-", "TCP4:10.213.0.2:7000,so-bindtodevice=bond0");
        client.StandardInput.WriteLine("over the bond");
        client.StandardInput.Flush();
        Assert.Equal("over the bond", client.StandardOutput.ReadLine());
        var connection = lab.A.Must("ss", "-Htin", "dst", "10.213.0.2:7000");
        Assert.Contains("%bond0:", connection, StringComparison.Ordinal);
        Assert.Contains(" bytes_acked:", connection, StringComparison.Ordinal);
    }

    private static readonly string[] Directions =
    [
        "10.213.0.1 > 10.213.0.2: ICMP echo request",
        "10.213.0.2 > 10.213.0.1: ICMP echo reply",
        "10.213.0.2 > 10.213.0.1: ICMP echo request",
        "10.213.0.1 > 10.213.0.2: ICMP echo reply",
    ];

    private static bool BothCarry(Lab lab, string mode) =>
        new[] { lab.A, lab.B }.All(host =>
            mode == "802.3ad"
                ? host.Service.Log.Split("lacp-up").Length - 1 >= 2
                : host.MemberData("eth0", "mii_status") == "UP" && host.MemberData("eth1", "mii_status") == "UP"
        );
}

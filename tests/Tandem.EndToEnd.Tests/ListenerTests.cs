using System.Text;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Daemons that receive one type of frame on a member get it, whether the member is active or on standby.</summary>
public sealed class ListenerTests
{
    private const string Listening = "listening";

    // The socket's type, and a frame of that type.
    private static readonly (string Type, string Frame)[] Heard =
    [
        ("88cc", "0180c200000e02000000009988cc" + "0207040200000000990403657468" + "0602007800000000"),
        ("888e", "0180c2000003020000000099888e" + "01010000"),
        ("88f7", "011b1900000002000000009988f7" + "00020040"),
        // Spanning tree: the frame has a length in place of a type, and LLC.
        ("0004", "0180c20000000200000000990026" + "424203" + "0000000000"),
    ];

    [Fact]
    public void Daemons_at_members_hear_their_frames_once_and_bond0_hears_those_of_the_active_one()
    {
        using var lab = new Lab(start: false);
        lab.A.Service.Start();
        lab.BondHost(lab.A, 1, "mode", "active-backup", "device_kind", "veth", "primary", "eth0");
        foreach (var member in new[] { "eth0", "eth1" })
            lab.B.Ip("link", "set", member, "up");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0" && lab.A.MemberData("eth1", "mii_status") == "UP", "both links are up");
        var program = Path.Combine(lab.A.Directory, "listen");
        Shell.Must("gcc", "-O1", "-Wall", "-o", program, Path.Combine(AppContext.BaseDirectory, "Scripts", "listen.c"));
        var all = new StringBuilder();
        foreach (var device in new[] { "eth0", "eth1", "bond0" })
        foreach (var (type, _) in Heard)
            Listen(lab.A, program, device, type, all);
        // This listener must hear nothing: the host receives IP on bond0.
        Listen(lab.A, program, "eth0", "0800", all);
        var listeners = (Heard.Length * 3) + 1;
        Shell.Until(() => Lines().Count(line => line == Listening) == listeners, "all listen");

        // An IP broadcast: only the listener for IP waits for it, in vain.
        Wire.Send(lab.B, "eth0", Padded("ffffffffffff0200000000990800" + "4500001c000000004011000000000000ffffffff00440043000800"));
        foreach (var member in new[] { "eth0", "eth1" })
        foreach (var (_, frame) in Heard)
            Wire.Send(lab.B, member, Padded(frame));
        var expected = Heard
            .SelectMany(each => new[] { $"eth0 {each.Type} multicast", $"eth1 {each.Type} multicast", $"bond0 {each.Type} multicast" })
            .Order()
            .ToList();
        Shell.Until(() => Lines().Count >= listeners + expected.Count ? null : string.Join(", ", Lines()), "all are heard");
        Assert.Equal(expected, Lines().Where(line => line != Listening).Order());

        List<string> Lines()
        {
            lock (all)
                return [.. all.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }
    }

    private static void Listen(Host host, string program, string device, string type, StringBuilder all)
    {
        var process = host.Start(program, device, type);
        process.OutputDataReceived += (_, line) =>
        {
            lock (all)
                all.Append(line.Data).Append('\n');
        };
        process.BeginOutputReadLine();
    }

    private static string Padded(string frame) => frame.PadRight(120, '0');
}

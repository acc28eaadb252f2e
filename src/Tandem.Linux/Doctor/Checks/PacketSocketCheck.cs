using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Results of trying packet sockets.</summary>
/// <param name="Opened">Result of opening one.</param>
/// <param name="Headers">Result of requesting virtio-net headers (PACKET_VNET_HDR).</param>
/// <param name="IgnoresOutgoing">Result of excluding sent frames (PACKET_IGNORE_OUTGOING).</param>
internal sealed record PacketSockets(LinuxResult Opened, LinuxResult Headers, LinuxResult IgnoresOutgoing);

/// <summary>Whether frames of members can be sent and received.</summary>
internal static class PacketSocketCheck
{
    private const string NoBond = "no bond: members are reached through packet sockets";

    public static Check PacketSocket { get; } =
        Check.Of(
            "packet-socket",
            "control frames, and all frames of the socket data path",
            Need.Bond,
            machine => machine.PacketSockets,
            Judge
        );

    private static Verdict Judge(PacketSockets sockets, Machine machine)
    {
        if (sockets.Opened.Errno == Errno.EPERM)
            return machine.Has(Capability.NetRaw)
                ? Verdict.Missing(
                    "none can be opened, although CAP_NET_RAW is present",
                    NoBond,
                    "the network namespace belongs to another user namespace: create one of your own (unshare --net)"
                )
                : Verdict.Unknown("cannot be tested without CAP_NET_RAW");
        if (!sockets.Opened.IsOk)
            return Verdict.Missing(
                $"none can be opened: {sockets.Opened}",
                NoBond,
                "use a kernel with CONFIG_PACKET, and allow the unit AF_PACKET"
            );
        if (!sockets.Headers.IsOk)
            return Verdict.Missing($"no virtio-net headers: {sockets.Headers}", NoBond, "use kernel 5.0 or newer");
        if (!sockets.IgnoresOutgoing.IsOk)
            return Verdict.Missing($"they receive what this host sends: {sockets.IgnoresOutgoing}", NoBond, "use kernel 4.20 or newer");
        return Verdict.Ok("virtio-net headers, without what this host sends");
    }
}

using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Opens a packet socket that receives nothing.</summary>
internal static class PacketSocketProbe
{
    public static PacketSockets Look()
    {
        using var socket = SocketCalls.Socket(
            SocketCalls.AF_PACKET,
            SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC | SocketCalls.SOCK_NONBLOCK,
            0
        );
        return socket.IsInvalid
            ? new PacketSockets(LinuxResult.Last(), default, default)
            : new PacketSockets(
                LinuxResult.Ok,
                SocketCalls.SetOption(socket, Packet.SOL_PACKET, Packet.PACKET_VNET_HDR, 1),
                SocketCalls.SetOption(socket, Packet.SOL_PACKET, Packet.PACKET_IGNORE_OUTGOING, 1)
            );
    }
}

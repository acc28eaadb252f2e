using System.Net;
using System.Net.Sockets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Real;

/// <summary>A packet socket of .NET on one interface, to send and receive frames independently of Tandem.</summary>
internal sealed class RawSocket : IDisposable
{
    private const int EthPAllBigEndian = 0x0300;
    private readonly Socket _socket;

    public RawSocket(string interfaceName)
    {
        using var route = new RouteSocket();
        var ifindex = route.GetLink(interfaceName).Value!.Ifindex;
        _socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)EthPAllBigEndian);
        _socket.Bind(new LinkLayerEndPoint(ifindex));
        _socket.ReceiveTimeout = 50;
    }

    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    /// <summary>Waits for a frame that the predicate takes.</summary>
    public byte[] Receive(Predicate<byte[]> wanted, int seconds = 5)
    {
        var buffer = new byte[70000];
        for (var end = DateTime.UtcNow.AddSeconds(seconds); DateTime.UtcNow < end; )
        {
            try
            {
                var frame = buffer[.._socket.Receive(buffer)];
                if (wanted(frame))
                    return frame;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Nothing yet.
            }
        }
        throw new TimeoutException("no such frame");
    }

    public void Dispose() => _socket.Dispose();

    private sealed class LinkLayerEndPoint(int ifindex) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            address[2] = 0;
            address[3] = 3;
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], ifindex);
            return address;
        }
    }
}

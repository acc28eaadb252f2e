using System.Net;
using System.Net.Sockets;

namespace Tandem.Linux.Tests.Real;

/// <summary>Moves bytes between two namespaces through the stacks of both.</summary>
internal static class Transfer
{
    /// <summary>Sends bytes over TCP to 10.8.0.x in another namespace; returns how many came.</summary>
    public static long Tcp(Netns from, Netns to, string address, int bytes)
    {
        var listener = to.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            socket.Listen();
            return socket;
        });
        long received = 0;
        var reader = new Thread(() =>
        {
            using var connection = listener.Accept();
            connection.ReceiveTimeout = 10000;
            var buffer = new byte[1 << 18];
            for (int n; (n = connection.Receive(buffer)) > 0; )
                received += n;
        });
        reader.Start();
        using var sender = from.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 10000 };
            socket.Connect(listener.LocalEndPoint!);
            return socket;
        });
        var chunk = new byte[1 << 18];
        for (var sent = 0; sent < bytes; sent += chunk.Length)
            sender.Send(chunk);
        sender.Shutdown(SocketShutdown.Send);
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)));
        listener.Dispose();
        return received;
    }

    /// <summary>A UDP socket in a namespace, bound to an address or connected to one.</summary>
    public static Socket Udp(Netns place, string? bind, string? connect, int port) =>
        place.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
            if (bind is not null)
                socket.Bind(new IPEndPoint(IPAddress.Parse(bind), port));
            if (connect is not null)
                socket.Connect(IPAddress.Parse(connect), port);
            return socket;
        });
}

using System.Net.Sockets;
using System.Text;

namespace Tandem.Daemon.Hosting;

/// <summary>Tells the service manager (systemd's notify protocol) how far the service is. Does nothing where none asks.</summary>
internal static class ServiceManager
{
    /// <summary>The service answers.</summary>
    public static void Ready() => Notify("READY=1");

    /// <summary>The service is stopping.</summary>
    public static void Stopping() => Notify("STOPPING=1");

    private static void Notify(string message)
    {
        var path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
            return;
        try
        {
            // A leading @ stands for the abstract namespace, whose names start with a zero byte.
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(message), address);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // A manager that cannot be reached is not the service's problem.
        }
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Descriptors;

/// <summary>Reports the service's state to the service manager (systemd's notify protocol). Does nothing if no manager asks for
/// it.</summary>
internal static class ServiceManager
{
    /// <summary>The service accepts requests.</summary>
    public static void Ready() => Notify("READY=1");

    /// <summary>The service is alive; see <see cref="Hosting.Watchdog"/>.</summary>
    public static void Alive() => Notify("WATCHDOG=1");

    /// <summary>The service is stopping.</summary>
    public static void Stopping() => Notify("STOPPING=1");

    /// <summary>The service is about to execute its new version, which will report ready.</summary>
    public static void Reloading(long monotonicNanoseconds) =>
        Notify(string.Create(CultureInfo.InvariantCulture, $"WATCHDOG=1\nRELOADING=1\nMONOTONIC_USEC={monotonicNanoseconds / 1000}"));

    /// <summary>Stores a descriptor of a bond's device beyond the end of this process (FDSTORE).</summary>
    public static void Keep(string bond, FileDescriptor device) => Notify($"FDSTORE=1\nFDNAME={HandedOver.NamePrefix}{bond}", device);

    /// <summary>Removes the stored descriptor.</summary>
    public static void Release(string bond) => Notify($"FDSTOREREMOVE=1\nFDNAME={HandedOver.NamePrefix}{bond}");

    private static void Notify(string message, FileDescriptor? device = null)
    {
        var path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
            return;
        try
        {
            // A leading @ denotes the abstract namespace, whose names start with a zero byte.
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(address);
            var text = Encoding.UTF8.GetBytes(message);
            if (device is null)
                socket.Send(text);
            else
                Succession.Send(socket.SafeHandle, text, device);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The service works without its manager.
        }
    }
}

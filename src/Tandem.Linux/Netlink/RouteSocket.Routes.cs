using System.Net;
using System.Net.Sockets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>Routes.</content>
public sealed partial class RouteSocket
{
    /// <summary>The route to an IPv4 or IPv6 address; ENETUNREACH or EHOSTUNREACH if there is none.</summary>
    /// <param name="target">The address.</param>
    /// <param name="ifindex">The outgoing interface; null for that of the routing tables.</param>
    public LinuxResult<RouteInfo> GetRoute(IPAddress target, int? ifindex = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var octets = target.GetAddressBytes();
        var header = new RtMsg
        {
            Family = (byte)(target.AddressFamily == AddressFamily.InterNetwork ? SocketCalls.AF_INET : SocketCalls.AF_INET6),
            DestinationLength = (byte)(octets.Length * 8),
        };
        var request = Begin(Rt.RTM_GETROUTE, header, out var sequence);
        request.Attribute(Rt.RTA_DST, octets);
        if (ifindex is { } device)
            request.Attribute(Rt.RTA_OIF, device);
        RouteInfo? route = null;
        var result = Finish(request, sequence, (in message) => route = RouteInfo.Parse(message) ?? route);
        if (result.IsOk && route is null)
            result = new LinuxResult(Errno.ENETUNREACH);
        return new LinuxResult<RouteInfo>(result.IsOk ? route : null, result);
    }
}

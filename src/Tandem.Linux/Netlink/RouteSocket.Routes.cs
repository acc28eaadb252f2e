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

    /// <summary>
    /// The routes of an interface that the kernel removes when it is set down and does not make again: those of administrators and daemons, in all tables. Without
    /// routes of several interfaces and those that use nexthop objects.
    /// </summary>
    public LinuxResult<IReadOnlyList<SavedRoute>> GetRoutes(int ifindex)
    {
        // So that the kernel dumps the routes of this interface only: a router has hundreds of thousands.
        _socket.BeStrict();
        var routes = new List<SavedRoute>();
        var result = LinuxResult.Ok;
        foreach (var family in (byte[])[SocketCalls.AF_INET, SocketCalls.AF_INET6])
        {
            var ofFamily = new List<SavedRoute>();
            var request = new NetlinkWriter(_request);
            request.BeginMessage(Rt.RTM_GETROUTE, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new RtMsg { Family = family });
            request.Attribute(Rt.RTA_OIF, ifindex);
            request.EndMessage();
            var dumped = _socket.Dump(
                _request.AsSpan(0, request.Length),
                (in message) =>
                {
                    if (message.Header.Type == Rt.RTM_NEWROUTE && SavedRoute.Parse(message, ifindex) is { } route)
                        ofFamily.Add(route);
                },
                ofFamily.Clear
            );
            // A kernel without IPv6 has no routes of that family.
            if (!dumped.IsOk && dumped.Errno != Errno.EOPNOTSUPP)
                result = dumped;
            routes.AddRange(ofFamily);
        }
        return new LinuxResult<IReadOnlyList<SavedRoute>>(result.IsOk ? routes : null, result);
    }

    /// <summary>Adds a route of an interface. Not an error if it exists.</summary>
    public LinuxResult AddRoute(int ifindex, SavedRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        // Appended: of several routes to one network none replaces another.
        var request = Begin(Rt.RTM_NEWROUTE, route.Header, out var sequence, Nl.NLM_F_CREATE | Nl.NLM_F_APPEND);
        if (!route.Write(ref request))
            return new LinuxResult(Errno.EBADMSG, "the record of a route is damaged");
        request.Attribute(Rt.RTA_OIF, ifindex);
        var result = Finish(request, sequence);
        return result.Errno == Errno.EEXIST ? LinuxResult.Ok : result;
    }
}

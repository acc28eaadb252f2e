using System.Net;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>The route to an address.</summary>
/// <param name="Ifindex">Ifindex of the outgoing interface.</param>
/// <param name="HasGateway">Whether it leads through a gateway.</param>
/// <param name="Source">The preferred source address; null if there is none.</param>
public sealed record RouteInfo(int Ifindex, bool HasGateway, IPAddress? Source)
{
    /// <summary>Parses an RTM_NEWROUTE message; null if it has no interface, or is unreachable.</summary>
    internal static RouteInfo? Parse(in NetlinkMessage message)
    {
        if (!message.TrySplit(out RtMsg header, out var attributes))
            return null;
        var ifindex = 0;
        var hasGateway = false;
        IPAddress? source = null;
        while (attributes.TryNext(out var a))
        {
            switch (a.Type)
            {
                case Rt.RTA_OIF:
                    ifindex = a.Int32;
                    break;
                case Rt.RTA_GATEWAY or Rt.RTA_VIA:
                    hasGateway = true;
                    break;
                case Rt.RTA_PREFSRC when a.Value.Length is 4 or 16:
                    source = new IPAddress(a.Value);
                    break;
                default:
                    break;
            }
        }
        return ifindex == 0 || header.Type > Rt.RTN_LOCAL ? null : new RouteInfo(ifindex, hasGateway, source);
    }
}

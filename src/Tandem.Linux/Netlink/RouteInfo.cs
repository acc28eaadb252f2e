using System.Net;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>The route that frames to an address take.</summary>
/// <param name="Ifindex">The interface by which they leave.</param>
/// <param name="HasGateway">True if they go to a gateway first.</param>
/// <param name="Source">The address of the host that they have unless told otherwise; null if the kernel names none.</param>
public sealed record RouteInfo(int Ifindex, bool HasGateway, IPAddress? Source)
{
    /// <summary>Reads an RTM_NEWROUTE message; null if it names no interface, or leads to nobody.</summary>
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

using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Interfaces;

/// <summary>
/// Keeps IPv6 off an interface by two settings. If the MTU falls below 1280, the kernel removes IPv6 from the interface; when the MTU is
/// large enough again, it creates IPv6 anew, with an address and without these settings.
/// </summary>
internal static class Ipv6Silence
{
    /// <summary>Applies both settings. Returns what is wrong with the second (/proc/sys may be read-only), or null.</summary>
    public static string? Set(RouteSocket route, LinkInfo link)
    {
        if (link.Inet6AddrGenMode is null)
            return null;
        route.SetInet6AddrGenMode(link.Ifindex, Rt.IN6_ADDR_GEN_MODE_NONE);
        return Sysctl.ReadDisableIpv6(link.Name) == 0 ? Sysctl.WriteDisableIpv6(link.Name, 1) : null;
    }

    /// <summary>Applies both settings again if the kernel has lost them.</summary>
    public static void Renew(RouteSocket route, LinkInfo link)
    {
        if (link.Inet6AddrGenMode is not null and not Rt.IN6_ADDR_GEN_MODE_NONE)
            Set(route, link);
    }

    /// <summary>As <see cref="Renew(RouteSocket, LinkInfo)"/>, for an interface whose MTU has just changed.</summary>
    public static void Renew(RouteSocket route, int ifindex)
    {
        if (route.GetLinkWithoutStatistics(ifindex).Value is { } link)
            Renew(route, link);
    }
}

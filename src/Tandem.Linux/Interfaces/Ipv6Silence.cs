using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Interfaces;

/// <summary>
/// Keeps IPv6 off an interface. The kernel takes IPv6 from an interface whose MTU falls below 1280, and makes it anew, without these settings
/// and with an address, when the MTU is large enough again.
/// </summary>
internal static class Ipv6Silence
{
    /// <summary>Sets both: where /proc/sys is read-only, only the first is left. Says what is wrong with the second, or null.</summary>
    public static string? Set(RouteSocket route, LinkInfo link)
    {
        if (link.Inet6AddrGenMode is null)
            return null;
        route.SetInet6AddrGenMode(link.Ifindex, Rt.IN6_ADDR_GEN_MODE_NONE);
        return Sysctl.ReadDisableIpv6(link.Name) == 0 ? Sysctl.WriteDisableIpv6(link.Name, 1) : null;
    }

    /// <summary>Sets both again if the kernel has forgotten them.</summary>
    public static void Renew(RouteSocket route, LinkInfo link)
    {
        if (link.Inet6AddrGenMode is not null and not Rt.IN6_ADDR_GEN_MODE_NONE)
            Set(route, link);
    }

    /// <summary>The same for an interface that has just got another MTU.</summary>
    public static void Renew(RouteSocket route, int ifindex)
    {
        if (route.GetLinkWithoutStatistics(ifindex).Value is { } link)
            Renew(route, link);
    }
}

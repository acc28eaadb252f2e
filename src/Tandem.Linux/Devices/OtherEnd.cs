using System.Text;
using Tandem.Core;
using Tandem.Linux.Guards;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Devices;

/// <summary>
/// The other end of a bond's pair, which only the eBPF programs use: no addresses, no IPv6, no ARP, and a guard like a member. Users with
/// the rights can change it like any interface; changes that would block frames are undone.
/// </summary>
internal sealed class OtherEnd(int ifindex, RouteSocket route, IngressGuard? guard)
{
    private const string Prefix = "tdm-";
    private const string AliasStart = "other end of ";
    private const string AliasEnd = ", a bond of Tandem";

    // Room for VLAN tags beyond the bond's MTU. Not more: with a larger MTU at the other end, XDP could not be attached to the bond's
    // end.
    private const int RoomForTags = 64;
    private const int LargestMtu = 65535;

    /// <summary>Its ifindex.</summary>
    public int Ifindex => ifindex;

    /// <summary>
    /// Name of the other end: <c>tdm-bond0</c>, or with a number if that is too long or in use. Does not match the name patterns of
    /// systemd's network files (ve-, vb-, vz-, vt-).
    /// </summary>
    public static string NameFor(string bond, RouteSocket route)
    {
        var name = UsualName(bond);
        var isFree = Encoding.UTF8.GetByteCount(name) <= InterfaceName.MaxLength && route.GetLink(name).Error.Errno == Errno.ENODEV;
        return isFree ? name : Prefix + "%d";
    }

    /// <summary>
    /// Whether an interface is the other end of a bond's device. Since ifindexes are reused, it must have the alias, or the bond's device
    /// as its peer.
    /// </summary>
    public static bool Is(LinkInfo link, int? bondIfindex) =>
        PairBondDevice.KindOf(link) is not null && (HasAlias(link) || (bondIfindex is { } bond && link.Link == bond));

    /// <summary>Whether an interface has the alias of an other end, of any bond.</summary>
    public static bool HasAlias(LinkInfo link) =>
        link.Alias is { } alias
        && alias.StartsWith(AliasStart, StringComparison.Ordinal)
        && alias.EndsWith(AliasEnd, StringComparison.Ordinal);

    /// <summary>Whether an interface has the alias of the other end of this bond.</summary>
    public static bool HasAliasOf(LinkInfo link, string bond) => link.Alias == AliasStart + bond + AliasEnd;

    /// <summary>The preferred name of the other end.</summary>
    public static string UsualName(string bond) => Prefix + bond;

    /// <summary>The MTU with which all frames of a bond pass.</summary>
    public static int MtuFor(int bondMtu) => Math.Min(bondMtu + RoomForTags, LargestMtu);

    /// <summary>Sets the MTU with which all frames of a bond pass.</summary>
    public LinuxResult Fit(int bondMtu)
    {
        var result = route.SetMtu(ifindex, MtuFor(bondMtu));
        Ipv6Silence.Renew(route, ifindex);
        return result;
    }

    /// <summary>Keeps the IP stack off the device, before it is up for the first time.</summary>
    public LinuxResult SetUp(string bond)
    {
        if (Describe(bond) is { IsOk: false } failed)
            return failed;
        if (route.GetLink(ifindex).Value is { } link)
            Ipv6Silence.Set(route, link);
        Guard();
        return route.SetFlags(ifindex, LinkFlags.NoArp, LinkFlags.NoArp);
    }

    /// <summary>
    /// Drops frames that the programs do not take, by nftables. Without nftables the stack still finds neither addresses nor ARP here.
    /// </summary>
    public void Guard()
    {
        if (route.GetLink(ifindex).Value is { } link)
            guard?.Ensure(ifindex, link.Name, Guarded.OtherEnd, out _);
    }

    /// <summary>Renames the device after the bond, if the kernel allows it while the device is up.</summary>
    public void Name(string bond)
    {
        Describe(bond);
        var name = NameFor(bond, route);
        if (name.EndsWith("%d", StringComparison.Ordinal))
            return;
        if (route.Rename(ifindex, name).IsOk)
            Guard();
    }

    /// <summary>Undoes changes by other programs. Returns a message for each.</summary>
    /// <param name="bond">The bond's name.</param>
    /// <param name="up">Whether it should be up, which gives the bond its carrier; null if unknown.</param>
    public IReadOnlyList<string> Inspect(string bond, bool? up)
    {
        var news = new List<string>();
        if (route.GetLinkWithoutStatistics(ifindex).Value is not { } link)
            return news;
        Ipv6Silence.Renew(route, link);
        if (up is { } wanted && link.IsUp != wanted)
        {
            var result = route.SetUp(ifindex, wanted);
            news.Add(
                $"someone set {link.Name}, the other end of {bond}, {(link.IsUp ? "up" : "down")}, and with it the carrier of {bond}; {Outcome(result)}"
            );
        }
        if (!link.Flags.HasFlag(LinkFlags.NoArp))
        {
            var result = route.SetFlags(ifindex, LinkFlags.NoArp, LinkFlags.NoArp);
            news.Add($"someone turned ARP on at {link.Name}, the other end of {bond}; {Outcome(result)}");
        }
        foreach (var address in route.GetAddresses(ifindex).Value ?? [])
        {
            var result = route.DeleteAddress(address);
            news.Add(
                $"someone gave {link.Name}, the other end of {bond}, the address {address.Address}; {(result.IsOk ? "it is removed" : result)}"
            );
        }
        return news;
    }

    /// <summary>Removes it, and with it the bond's device.</summary>
    public void Remove() => route.RemoveLink(ifindex);

    /// <summary>Removes its guard.</summary>
    public void Unguard() => guard?.Remove(ifindex);

    private LinuxResult Describe(string bond) => route.SetAlias(ifindex, AliasStart + bond + AliasEnd);

    private static string Outcome(LinuxResult result) => result.IsOk ? "it is as before" : result.ToString();
}

using System.Text;
using Tandem.Core;
using Tandem.Linux.Guards;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Devices;

/// <summary>
/// The other end of a bond's device, which is for programs alone: without addresses, without IPv6 and ARP, guarded like a member. It is an
/// interface like others, so anybody with the rights can change it; what would keep frames from passing is put right.
/// </summary>
internal sealed class OtherEnd(int ifindex, RouteSocket route, IngressGuard? guard)
{
    private const string Prefix = "tdm-";
    private const string AliasStart = "other end of ";
    private const string AliasEnd = ", a bond of Tandem";

    // A frame of the bond may have tags beyond its MTU. No more room than that: XDP on the bond's end takes no pages of the other end.
    private const int RoomForTags = 64;
    private const int LargestMtu = 65535;

    /// <summary>Its number.</summary>
    public int Ifindex => ifindex;

    /// <summary>
    /// The name for the other end of a bond's device: <c>tdm-bond0</c>, or with a number if that is too long or taken. None of those
    /// that systemd's files match (ve-, vb-, vz-, vt-).
    /// </summary>
    public static string NameFor(string bond, RouteSocket route)
    {
        var name = UsualName(bond);
        var isFree = Encoding.UTF8.GetByteCount(name) <= InterfaceName.MaxLength && route.GetLink(name).Error.Errno == Errno.ENODEV;
        return isFree ? name : Prefix + "%d";
    }

    /// <summary>
    /// Whether an interface is the other end of a bond's device. Numbers are given anew: one that is has the alias, or at least the bond's
    /// device at its own other end.
    /// </summary>
    public static bool Is(LinkInfo link, int? bondIfindex) =>
        PairBondDevice.KindOf(link) is not null && (HasAlias(link) || (bondIfindex is { } bond && link.Link == bond));

    /// <summary>Whether an interface has the alias of another end of some bond's device.</summary>
    public static bool HasAlias(LinkInfo link) =>
        link.Alias is { } alias
        && alias.StartsWith(AliasStart, StringComparison.Ordinal)
        && alias.EndsWith(AliasEnd, StringComparison.Ordinal);

    /// <summary>Whether an interface has the alias of the other end of that bond's device.</summary>
    public static bool HasAliasOf(LinkInfo link, string bond) => link.Alias == AliasStart + bond + AliasEnd;

    /// <summary>The name of the other end unless that is too long or taken.</summary>
    public static string UsualName(string bond) => Prefix + bond;

    /// <summary>The MTU that lets all frames of a bond pass.</summary>
    public static int MtuFor(int bondMtu) => Math.Min(bondMtu + RoomForTags, LargestMtu);

    /// <summary>Lets all frames of a bond pass.</summary>
    public LinuxResult Fit(int bondMtu)
    {
        var result = route.SetMtu(ifindex, MtuFor(bondMtu));
        Ipv6Silence.Renew(route, ifindex);
        return result;
    }

    /// <summary>Keeps the stack off it, before it is up for the first time.</summary>
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
    /// Has the firewall drop what programs do not take. Where there is no such firewall, the stack finds nothing to do with it: without
    /// addresses and ARP.
    /// </summary>
    public void Guard()
    {
        if (route.GetLink(ifindex).Value is { } link)
            guard?.Ensure(ifindex, link.Name, Guarded.OtherEnd, out _);
    }

    /// <summary>Names it after the bond, as far as that can be while it is up.</summary>
    public void Name(string bond)
    {
        Describe(bond);
        var name = NameFor(bond, route);
        if (name.EndsWith("%d", StringComparison.Ordinal))
            return;
        if (route.Rename(ifindex, name).IsOk)
            Guard();
    }

    /// <summary>Puts right what others changed. Says what, and what became of it.</summary>
    /// <param name="bond">The bond's name.</param>
    /// <param name="up">Whether it is to be up, which gives the bond its carrier; null while that is not known.</param>
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

    /// <summary>Removes it, and the bond's device with it.</summary>
    public void Remove() => route.RemoveLink(ifindex);

    /// <summary>Removes its guard.</summary>
    public void Unguard() => guard?.Remove(ifindex);

    private LinuxResult Describe(string bond) => route.SetAlias(ifindex, AliasStart + bond + AliasEnd);

    private static string Outcome(LinuxResult result) => result.IsOk ? "it is as before" : result.ToString();
}

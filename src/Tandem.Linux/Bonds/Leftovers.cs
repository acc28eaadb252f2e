using Tandem.Linux.Devices;
using Tandem.Linux.Guards;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Bonds;

/// <summary>Role of an interface under a tandemd process that is gone.</summary>
public enum LeftoverKind
{
    /// <summary>A member, or an interface that was about to join.</summary>
    Member,

    /// <summary>The device of a bond with the kernel data path: its other end, or a TAP device.</summary>
    Device,

    /// <summary>The other end of a device without attached programs.</summary>
    IdleDevice,

    /// <summary>A member that is gone; its guard is left.</summary>
    Gone,
}

/// <summary>An interface with traces of Tandem.</summary>
/// <param name="Kind">Its role.</param>
/// <param name="Ifindex">Its ifindex.</param>
/// <param name="Name">Its name; the ifindex if it is gone.</param>
/// <param name="Saved">For a member: settings to restore, as far as the kernel knows them.</param>
public sealed record Leftover(LeftoverKind Kind, int Ifindex, string Name, SavedMember? Saved = null);

/// <summary>Finds leftovers of tandemd processes in this network namespace from the kernel's state alone, without files.</summary>
public static class Leftovers
{
    private const LinkFlags Hearing = LinkFlags.AllMulticast | LinkFlags.Promiscuous;

    /// <summary>States that earlier services stored in the kernel (<see cref="IBondDevice.Remember"/>), in this network
    /// namespace.</summary>
    public static IReadOnlyList<byte[]> ReadMemories(RouteSocket route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return BondMemory.ReadAll(Links(route).SelectMany(PlacesOf));
    }

    /// <summary>Interfaces with a guard or programs of Tandem, and other ends of bond devices.</summary>
    /// <param name="route">Asks the kernel.</param>
    /// <param name="known">Ifindexes to leave out, because they are accounted for.</param>
    public static IReadOnlyList<Leftover> Find(RouteSocket route, IReadOnlySet<int> known)
    {
        ArgumentNullException.ThrowIfNull(route);
        var guards = Guards();
        var links = Links(route);
        var ends = links.Where(OtherEnd.HasAlias).Select(end => end.Ifindex).ToHashSet();
        var found = new List<Leftover>();
        foreach (var link in links.Where(link => !known.Contains(link.Ifindex)))
        {
            var hasProgram = PlacesOf(link).Any(place => place.Find() != 0);
            if (ends.Contains(link.Ifindex))
                found.Add(new Leftover(hasProgram ? LeftoverKind.Device : LeftoverKind.IdleDevice, link.Ifindex, link.Name));
            // The bond's end is removed with the other end.
            else if (link.Link is { } other && ends.Contains(other))
                continue;
            else if (hasProgram && link.Kind == "tun")
                found.Add(new Leftover(LeftoverKind.Device, link.Ifindex, link.Name));
            else if (hasProgram || (guards.TryGetValue(link.Ifindex, out var name) && name == link.Name))
                found.Add(new Leftover(LeftoverKind.Member, link.Ifindex, link.Name, AsFound(link)));
        }
        var gone = guards.Keys.Where(ifindex => !known.Contains(ifindex) && !links.Any(link => link.Ifindex == ifindex));
        found.AddRange(gone.Select(ifindex => new Leftover(LeftoverKind.Gone, ifindex, $"interface {ifindex}")));
        return found;
    }

    // A network card knows its permanent address; for other devices only the present one is known. Promiscuous and all-multicast flags
    // were most likely set by Tandem; IPv6 settings are assumed to be the defaults.
    private static SavedMember AsFound(LinkInfo link) =>
        new()
        {
            Ifindex = link.Ifindex,
            Name = link.Name,
            Address = (link.BurnedInAddress ?? link.Address).ToString(),
            TakenAddress = link.Address.ToString(),
            Mtu = link.Mtu,
            Flags = (uint)(link.Flags & ~Hearing),
            DisableIpv6 = link.Inet6AddrGenMode is null ? null : 0,
            Inet6AddrGenMode = link.Inet6AddrGenMode is null ? null : Rt.IN6_ADDR_GEN_MODE_EUI64,
        };

    private static IEnumerable<Place> PlacesOf(LinkInfo link)
    {
        if (LibBpf.Problem is not null)
            yield break;
        yield return new Place(Hook.Here, link.Ifindex, HookPoint.Ingress);
        yield return new Place(Hook.Here, link.Ifindex, HookPoint.Egress);
        if (link.Kind == "netkit")
            yield return new Place(Hook.Netkit, link.Ifindex, HookPoint.PeerTransmit);
    }

    private static IReadOnlyList<LinkInfo> Links(RouteSocket route) => route.GetLinks().Value ?? [];

    private static IReadOnlyDictionary<int, string> Guards()
    {
        try
        {
            using var guard = new IngressGuard();
            return guard.List().Value ?? new Dictionary<int, string>();
        }
        catch (InvalidOperationException)
        {
            // A kernel without nftables has no guards.
            return new Dictionary<int, string>();
        }
    }
}

using System.Diagnostics;
using Tandem.Core;
using Tandem.Linux.Guards;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Members;

/// <summary>
/// Takes interfaces away from the IP stack, and restores them. Used by one thread at a time, in one network namespace.
/// </summary>
public sealed class MemberKeeper : IDisposable
{
    private readonly RouteSocket _route;
    private readonly IngressGuard? _guard;
    private readonly string? _guardProblem;

    /// <summary>Creates a keeper that changes interfaces through <paramref name="route"/>.</summary>
    public MemberKeeper(RouteSocket route)
    {
        _route = route;
        try
        {
            _guard = new IngressGuard();
        }
        catch (InvalidOperationException e)
        {
            // A kernel without nfnetlink refuses the socket.
            _guardProblem = e.Message;
        }
    }

    /// <summary>The guards; null if the kernel has no nftables.</summary>
    internal IngressGuard? Guards => _guard;

    /// <summary>Reads the settings of an interface, for <see cref="Take"/> and the journal.</summary>
    public LinuxResult<SavedMember> Save(int ifindex)
    {
        var link = _route.GetLink(ifindex);
        if (link.Value is not { } found)
            return new LinuxResult<SavedMember>(null, link.Error);
        var addresses = _route.GetAddresses(ifindex);
        if (addresses.Value is not { } list)
            return new LinuxResult<SavedMember>(null, addresses.Error);
        // The kernel recreates automatic link-local addresses itself.
        var kept = list.Where(a => !(a.Address.IsIPv6LinkLocal && found.Inet6AddrGenMode != Rt.IN6_ADDR_GEN_MODE_NONE));
        var saved = SavedMember.From(found, [.. kept], Sysctl.ReadDisableIpv6(found.Name), Now());
        // The kernel has removed the routes of an interface that is down.
        if (!found.IsUp)
            return new LinuxResult<SavedMember>(saved);
        var routes = _route.GetRoutes(ifindex);
        return routes.Value is { } ways
            ? new LinuxResult<SavedMember>(ways.Count > 0 ? saved with { Routes = ways } : saved)
            : new LinuxResult<SavedMember>(null, routes.Error);
    }

    /// <summary>
    /// Takes an interface away from the IP stack: no IP addresses, no IPv6, no received frames. On failure it is restored.
    /// </summary>
    /// <param name="saved">The result of <see cref="Save"/>.</param>
    /// <param name="warning">Receives a message for the user if the interface is not fully guarded.</param>
    public LinuxResult Take(SavedMember saved, Action<string> warning)
    {
        ArgumentNullException.ThrowIfNull(warning);
        var result = TakeSteps(saved, warning);
        if (!result.IsOk)
            GiveBack(saved);
        return result;
    }

    /// <summary>
    /// Restores an interface, administratively down. Another process may have taken it. An interface that is gone is no error; an
    /// interface that has been replaced by another is left alone. If one setting cannot be restored, the others still are; returns the
    /// first error. Its routes need it up: see <see cref="GiveBackRoutes"/>.
    /// </summary>
    public LinuxResult GiveBack(SavedMember saved)
    {
        var first = LinuxResult.Ok;
        var found = _route.GetLink(saved.Ifindex);
        if (!found.IsOk && found.Error.Errno != Errno.ENODEV)
            Keep(ref first, found.Error, "read it");
        if (found.Value is not { } link || !IsSame(link, saved))
        {
            Unguard(ref first, saved);
            return first;
        }
        // Down first: frames that arrive until then belong to the bond, not to the stack.
        Keep(ref first, _route.SetUp(link.Ifindex, false), "bring it down");
        if (new Place(Hook.Here, link.Ifindex, HookPoint.Ingress).Leave() is { IsOk: false } attached)
            Keep(ref first, attached, "detach the kernel data path");
        Unguard(ref first, saved);
        if (link.Mtu != saved.Mtu)
            Keep(ref first, _route.SetMtu(link.Ifindex, saved.Mtu), "restore its MTU");
        if (MacAddress.TryParse(saved.Address, out var address) && address != link.Address)
            Keep(ref first, _route.SetAddress(link.Ifindex, address), "restore its address");
        const LinkFlags Restored = LinkFlags.NoArp | LinkFlags.AllMulticast | LinkFlags.Promiscuous;
        if (((uint)(link.Flags & Restored)) != (saved.Flags & (uint)Restored))
            Keep(ref first, _route.SetFlags(link.Ifindex, (LinkFlags)saved.Flags, Restored), "restore its flags");
        if (saved.Inet6AddrGenMode is { } mode && link.Inet6AddrGenMode != mode)
            Keep(ref first, _route.SetInet6AddrGenMode(link.Ifindex, mode), "restore how IPv6 makes its addresses");
        if (saved.DisableIpv6 is { } disable && Sysctl.WriteDisableIpv6(link.Name, disable) is { } problem)
            Keep(ref first, new LinuxResult(Errno.EIO, problem), "restore disable_ipv6");
        GiveBackAddresses(ref first, saved);
        return first;
    }

    /// <summary>Adds the routes of a restored interface. One that is gone, or has been replaced by another, lacks none.</summary>
    public RoutesBack GiveBackRoutes(SavedMember saved)
    {
        var found = _route.GetLink(saved.Ifindex);
        if (found.Value is not { } link || !IsSame(link, saved))
            return new RoutesBack([], IsFinal: true, null);
        if (!link.IsUp)
            return new RoutesBack(saved.Routes ?? [], IsFinal: false, null);
        var (missing, problem) = (new List<SavedRoute>(), (string?)null);
        foreach (var route in saved.Routes ?? [])
        {
            var added = _route.AddRoute(link.Ifindex, route);
            if (added.IsOk)
                continue;
            missing.Add(route);
            problem ??= added.ToString();
        }
        // Without a carrier IPv6 refuses some.
        return new RoutesBack(missing, link.Flags.HasFlag(LinkFlags.LowerUp), problem);
    }

    /// <summary>Sets an interface up that was set down, with the addresses and routes that the kernel removed thereby.</summary>
    /// <param name="saved">Its settings before it was set down.</param>
    public LinuxResult SetUpAgain(SavedMember saved)
    {
        var first = LinuxResult.Ok;
        Keep(ref first, _route.SetUp(saved.Ifindex, true), "set it up");
        GiveBackAddresses(ref first, saved);
        foreach (var route in saved.Routes ?? [])
            Keep(ref first, _route.AddRoute(saved.Ifindex, route), "restore its routes");
        return first;
    }

    /// <summary>Whether the interface has a guard or a program of a bond.</summary>
    public bool IsTaken(SavedMember saved) => _route.GetLink(saved.Ifindex).Value is { } link && IsHeld(link);

    /// <summary>Whether the interface is still the one that was taken, and has no other master.</summary>
    public LinuxResult IsStillTaken(SavedMember saved)
    {
        var found = _route.GetLink(saved.Ifindex);
        if (found.Value is not { } link)
            return found.Error;
        if (!IsSame(link, saved))
            return new LinuxResult(Errno.ENXIO, $"its address is {link.Address}");
        return link.Master is null ? LinuxResult.Ok : new LinuxResult(Errno.EBUSY, "it belongs to another interface");
    }

    /// <summary>
    /// Restores a member's guard that was removed, or whose interface was renamed.
    /// </summary>
    /// <param name="saved">The member.</param>
    /// <param name="wasGone">Whether there was no guard.</param>
    public LinuxResult Reguard(SavedMember saved, out bool wasGone)
    {
        wasGone = false;
        if (_guard is null || _route.GetLink(saved.Ifindex).Value is not { } link)
            return LinuxResult.Ok;
        return _guard.Ensure(link.Ifindex, link.Name, Guarded.Member, out wasGone);
    }

    /// <summary>Removes the guard of an interface that is gone. No error if there is none.</summary>
    public void Unguard(int ifindex) => _guard?.Remove(ifindex);

    /// <summary>Replaces the guard of a member, which an earlier version may have created with other rules.</summary>
    public LinuxResult RenewGuard(SavedMember saved) =>
        _guard is null || _route.GetLink(saved.Ifindex).Value is not { } link ? LinuxResult.Ok : _guard.Add(link.Ifindex, link.Name);

    /// <inheritdoc/>
    public void Dispose() => _guard?.Dispose();

    private void Unguard(ref LinuxResult first, SavedMember saved)
    {
        if (_guard?.Remove(saved.Ifindex) is { } result)
            Keep(ref first, result, "let the stack have its frames again");
    }

    private void GiveBackAddresses(ref LinuxResult first, SavedMember saved)
    {
        // The kernel lists the youngest IPv6 address first, and prefers it as source.
        foreach (var address in saved.Addresses.Where(static address => !IsIpv6(address)).Concat(saved.Addresses.Where(IsIpv6).Reverse()))
        {
            if (address.For(saved.Ifindex, Now()) is { } ip)
                Keep(ref first, _route.AddAddress(ip), $"restore {address.Address}");
        }
    }

    private static bool IsIpv6(SavedAddress address) => address.Address.Contains(':', StringComparison.Ordinal);

    private LinuxResult TakeSteps(SavedMember saved, Action<string> warning)
    {
        foreach (var address in saved.Addresses)
        {
            if (
                address.For(saved.Ifindex, Now()) is { } ip
                && _route.DeleteAddress(ip) is { IsOk: false } failed
                && failed.Errno != Errno.EADDRNOTAVAIL
            )
                return failed with { Detail = $"cannot remove {address.Address}: {failed.Detail}" };
        }
        // Either setting keeps IPv6 from creating addresses; if /proc/sys is read-only, only the first works.
        if (saved.Inet6AddrGenMode is not null)
            _route.SetInet6AddrGenMode(saved.Ifindex, Rt.IN6_ADDR_GEN_MODE_NONE);
        if (saved.DisableIpv6 == 0 && Sysctl.WriteDisableIpv6(saved.Name, 1) is { } problem)
            warning($"IPv6 stays on {saved.Name}, without addresses: {problem}");
        var guarded = _guard?.Add(saved.Ifindex, saved.Name) ?? new LinuxResult(Errno.EINVAL, _guardProblem);
        if (guarded.IsOk)
            return LinuxResult.Ok;
        warning(
            $"frames that arrive on {saved.Name} also reach this host's own stack, because nftables cannot drop them ({guarded}); "
                + "ARP and IPv6 are off on it instead"
        );
        return _route.SetFlags(saved.Ifindex, LinkFlags.NoArp, LinkFlags.NoArp);
    }

    /// <summary>
    /// Whether an interface is the one that was taken. After a restart, ifindex and even name may belong to another one (the first
    /// interface of each container is "2, eth0"). It is the same if it has its original address, or the one set as a member. If a user
    /// changed the address, a guard or a program of Tandem identify it, since these go with the interface.
    /// </summary>
    private bool IsSame(LinkInfo link, SavedMember saved)
    {
        var present = link.Address.ToString();
        return present == saved.Address
            || present == saved.TakenAddress
            || link.BurnedInAddress?.ToString() == saved.Address
            || IsHeld(link);
    }

    private bool IsHeld(LinkInfo link) =>
        (_guard?.List().Value?.TryGetValue(link.Ifindex, out var name) == true && name == link.Name)
        || (LibBpf.Problem is null && new Place(Hook.Here, link.Ifindex, HookPoint.Ingress).Find() != 0);

    // The clock stands still during suspend, like the kernel's address lifetimes.
    private static long Now() => Stopwatch.GetTimestamp() / Stopwatch.Frequency;

    private static void Keep(ref LinuxResult first, LinuxResult result, string what)
    {
        if (first.IsOk && !result.IsOk)
            first = result with { Detail = $"cannot {what}{(result.Detail is null ? "" : $": {result.Detail}")}" };
    }
}

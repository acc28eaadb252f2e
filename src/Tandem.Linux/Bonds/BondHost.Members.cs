using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Bonds;

// Interfaces join, are taken over from the previous service, and are released.
public sealed partial class BondHost
{
    private const LinkFlags Hearing = LinkFlags.AllMulticast | LinkFlags.Promiscuous;

    // Members whose cards filter VLANs, while the bond has VLAN devices.
    private readonly HashSet<int> _filtering = [];

    // Members that take frames for addresses of other members.
    private readonly HashSet<int> _standingIn = [];

    /// <inheritdoc/>
    public void FirewallChanged()
    {
        _device.Guard();
        foreach (var (saved, _) in _members.Values)
            Reguard(saved);
        TellOfChains();
    }

    // The kernel runs no egress chain of an interface to which a program redirects.
    private void TellOfChains()
    {
        if (!IsInKernel || _keeper.Guards?.EgressChains().Value is not { } chains)
            return;
        var present = _members
            .Values.SelectMany(member => chains[member.Saved.Name].Select(chain => (member.Saved.Name, Chain: chain)))
            .ToHashSet();
        _passedChains.IntersectWith(present);
        foreach (var passed in present.Where(_passedChains.Add))
            Tell(
                EventKind.Notice,
                passed.Name,
                $"nftables: the chain {passed.Chain} at its egress sees no frame of the bond; a chain at the egress of {Name} sees all"
            );
    }

    /// <inheritdoc/>
    public void MemberRenamed(int ifindex, string name)
    {
        if (!_members.TryGetValue(ifindex, out var member))
            return;
        member.Saved = member.Saved with { Name = name };
        _members[ifindex] = member;
        Reguard(member.Saved);
    }

    /// <inheritdoc/>
    public bool HasLostCarrier(LinkInfo reported)
    {
        ArgumentNullException.ThrowIfNull(reported);
        return _members.TryGetValue(reported.Ifindex, out var member)
            && !reported.Flags.HasFlag(LinkFlags.LowerUp)
            && reported.CarrierLosses > member.Link.CarrierLosses;
    }

    /// <inheritdoc/>
    public LinkStatus ReadLink(int ifindex) =>
        (_members.TryGetValue(ifindex, out var member) ? member.Link : new LinkReader(ifindex)).Read(_route, _ethtool);

    /// <inheritdoc/>
    public void SpeedSeen(int ifindex, uint speedMbps, Duplex duplex)
    {
        if (_members.TryGetValue(ifindex, out var member))
            member.Link.Take(speedMbps, duplex);
    }

    /// <inheritdoc/>
    public void MemberSeen(LinkInfo link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (!_members.TryGetValue(link.Ifindex, out var member))
            return;
        Ipv6Silence.Renew(_route, link);
        var changed = (link.Flags ^ HearingOf(member.Saved)) & Hearing;
        if (changed == LinkFlags.None)
            return;
        var wanted = (LinkFlags)member.Saved.Flags & ~changed | link.Flags & changed;
        member.Saved = member.Saved with { Flags = (uint)wanted };
        _members[link.Ifindex] = member;
        _journal.Remember(member.Saved);
        Check(SetHearing(member.Saved), $"cannot let {member.Saved.Name} hear what the bond is to hear");
    }

    /// <inheritdoc/>
    public HostResult Attach(in MemberSetup setup)
    {
        if (_members.ContainsKey(setup.Ifindex))
            return new HostResult($"{setup.Name} is a member of {Name} already");
        if (setup.IsKept)
            return Keep(setup);
        var saving = _keeper.Save(setup.Ifindex);
        if (saving.Value is not { } found)
            return Failed($"cannot read {setup.Name}", saving.Error);
        var name = setup.Name;
        var saved = _journal.ToRestore(found) with { Name = name, TakenAddress = setup.Address?.ToString() };
        if (_journal.Remember(saved) is { IsOk: false } lost)
            return lost;
        var problem = _keeper.Take(saved, text => Tell(EventKind.Notice, name, text)) is { IsOk: false } notTaken
            ? Failed($"cannot take {name}", notTaken)
            : SetUp(setup, saved);
        if (problem.IsOk)
        {
            _members[setup.Ifindex] = (saved, new LinkReader(setup.Ifindex));
            TellOfChains();
            return problem;
        }
        Return(saved);
        return problem;
    }

    /// <inheritdoc/>
    public void Detach(int ifindex, int slot)
    {
        _paths.CloseSlot(slot);
        _filtering.Remove(ifindex);
        _standingIn.Remove(ifindex);
        if (_members.Remove(ifindex, out var member))
            Return(member.Saved);
    }

    /// <inheritdoc/>
    public HostResult SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown = true)
    {
        var problem = ChangeMemberAddress(ifindex, address, mayGoDown);
        if (problem.IsOk && _members.TryGetValue(ifindex, out var member))
        {
            member.Saved = member.Saved with { TakenAddress = address.ToString() };
            _members[ifindex] = member;
            _journal.Remember(member.Saved);
        }
        return problem;
    }

    /// <inheritdoc/>
    public void HearAll(int ifindex, bool all)
    {
        if (!_members.TryGetValue(ifindex, out var member) || !(all ? _standingIn.Add(ifindex) : _standingIn.Remove(ifindex)))
            return;
        Check(SetHearing(member.Saved), $"cannot enable {member.Saved.Name} to receive frames for another member's address");
    }

    private HostResult SetUp(in MemberSetup setup, SavedMember saved)
    {
        if (TakesMtu(setup.Ifindex, setup.Mtu) is { IsOk: false } outOfRange)
            return new HostResult($"cannot set the MTU of {setup.Name} to {setup.Mtu}, which is that of {Name}: {outOfRange.Problem}");
        if (_route.SetMtu(setup.Ifindex, setup.Mtu) is { IsOk: false } noMtu)
            return Failed($"cannot set the MTU of {setup.Name} to {setup.Mtu}", noMtu);
        if (setup.Address is { } address && _route.SetAddress(setup.Ifindex, address) is { IsOk: false } noAddress)
            return Failed($"cannot give {setup.Name} the address {address}", noAddress);
        // An interface that was set down while no service was running stays down.
        if (!setup.IsKept && _route.SetUp(setup.Ifindex, true) is { IsOk: false } notUp)
            return Failed($"cannot bring {setup.Name} up", notUp);
        LookForVlanFilter(saved);
        if (SetHearing(saved) is { IsOk: false } deaf)
            return Failed($"cannot let {setup.Name} hear all groups", deaf);
        if (_paths.OpenSlot(setup.Slot, setup.Ifindex) is { IsOk: false } notOpen)
            return Failed($"cannot send and receive on {setup.Name}", notOpen);
        TellDataPath();
        return HostResult.Done;
    }

    // Sets up what Attach does, as far as it is missing, without taking the link down.
    private HostResult Keep(in MemberSetup setup)
    {
        if (!_left.TryGetValue(setup.Ifindex, out var saved))
            return new HostResult($"nothing is known of {setup.Name} from before");
        if (_keeper.IsStillTaken(saved) is { IsOk: false } changed)
            return Failed($"{setup.Name} is not as it was left", changed);
        // Some drivers refuse any address while they are up, even their present one.
        var hasAddress = _route.GetLink(setup.Ifindex).Value?.Address == setup.Address;
        if (SetUp(hasAddress ? setup with { Address = null } : setup, saved) is { IsOk: false } problem)
            return problem;
        var present = setup.Address?.ToString() ?? saved.TakenAddress;
        _members[setup.Ifindex] = (saved with { Name = setup.Name, TakenAddress = present }, new LinkReader(setup.Ifindex));
        _journal.Remember(_members[setup.Ifindex].Saved);
        Reguard(_members[setup.Ifindex].Saved);
        _keeper.RenewGuard(_members[setup.Ifindex].Saved);
        return HostResult.Done;
    }

    // A member's own filters do not know the groups joined on the bond, nor the addresses behind it. Flags of the interface, not of a
    // socket, since they must outlive this process.
    private LinuxResult SetHearing(SavedMember saved) => _route.SetFlags(saved.Ifindex, HearingOf(saved), Hearing);

    private LinkFlags HearingOf(SavedMember saved)
    {
        var isPromiscuous =
            _isPromiscuous
            || _filtering.Contains(saved.Ifindex)
            || _standingIn.Contains(saved.Ifindex)
            || ((LinkFlags)saved.Flags).HasFlag(LinkFlags.Promiscuous);
        return LinkFlags.AllMulticast | (isPromiscuous ? LinkFlags.Promiscuous : LinkFlags.None);
    }

    // Read once for each member, not at each comparison of flags, since a user may change the filter meanwhile.
    private void LookForVlanFilter(SavedMember saved)
    {
        if (!_hasVlans || _route.GetLinkWithoutStatistics(saved.Ifindex).Value is not { } link || !_ethtool.FiltersVlans(link.Name))
            return;
        if (_filtering.Add(saved.Ifindex))
            Tell(
                EventKind.Notice,
                link.Name,
                $"promiscuous while it is a member: it filters VLANs (rx-vlan-filter), and {Name} has VLANs that it is to hear"
            );
    }

    private HostResult ChangeMemberAddress(int ifindex, MacAddress address, bool mayGoDown)
    {
        var result = _route.SetAddress(ifindex, address);
        if (result.Errno != Errno.EBUSY || !mayGoDown)
            return result.IsOk ? HostResult.Done : Failed($"cannot give it the address {address}", result);
        // Some drivers change the address only while the interface is down.
        _route.SetUp(ifindex, false);
        result = _route.SetAddress(ifindex, address);
        var up = _route.SetUp(ifindex, true);
        if (!result.IsOk)
            return Failed($"cannot give it the address {address}", result);
        return up.IsOk ? HostResult.Done : Failed("cannot bring it up again", up);
    }

    private void Return(SavedMember saved)
    {
        // While this process has the interface, its ifindex identifies it, whatever its present address.
        var present = _route.GetLink(saved.Ifindex).Value?.Address.ToString();
        var result = _keeper.GiveBack(saved with { TakenAddress = present });
        if (result.IsOk || _route.GetLink(saved.Ifindex).Error.Errno == Errno.ENODEV)
            _journal.Forget(saved.Ifindex);
        else
            _journal.Owe(saved, result.ToString());
        if (!result.IsOk)
            Tell(EventKind.Fault, saved.Name, $"{saved.Name} could not be restored completely: {result}");
    }

    private void Reguard(SavedMember saved)
    {
        var result = _keeper.Reguard(saved, out var wasGone);
        if (!result.IsOk)
            Tell(EventKind.Fault, saved.Name, $"its frames also reach the host's own stack: nftables cannot drop them ({result})");
        else if (wasGone)
            Tell(
                EventKind.Notice,
                saved.Name,
                "someone removed the nftables chain that keeps its frames from the host's stack; it is back"
            );
    }
}

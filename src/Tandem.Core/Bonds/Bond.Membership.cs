using Tandem.Core.Forwarding;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// Members join and leave.
public sealed partial class Bond
{
    /// <summary>Makes an interface a member, by the driver's rules. A refusal changes nothing. No effect on a member.</summary>
    public OptionError? AddMember(long now, Candidate candidate)
    {
        if (FindMember(candidate.Ifindex) is not null)
            return null;
        if (Refuse(candidate) is { } error)
            return error;

        var before = Address;
        // Without members the address differs from the device's own only while restoring: then it stays.
        if (_members.Count == 0 && UserAddress is null && Address == _ownAddress && candidate.Address.IsValidUnicast)
        {
            if (Host.SetBondAddress(candidate.Address) is { IsOk: false } refused)
                return new OptionError(OptionErrorKind.Device, Name, refused.Problem!);
            Address = candidate.Address;
        }

        var member = new Member(candidate.Ifindex, candidate.Name, FreeSlot(), candidate.Address);
        var address = AddressOnJoining(member);
        if (Host.Attach(new MemberSetup(member.Ifindex, member.Name, member.Slot, address, Mtu)) is { IsOk: false } failed)
        {
            // A device that does not take its own back keeps the candidate's, and the bond with it.
            if (before != Address && Check(Host.SetBondAddress(before), null, now))
                Address = before;
            PassOnReports();
            return new OptionError(OptionErrorKind.Device, candidate.Name, failed.Problem!);
        }

        member.Address = address ?? candidate.Address;
        member.Monitored.Status = Host.ReadLink(member.Ifindex);
        LinkPolicy.Begin(member.Monitored, Options, now);
        _members.Add(member);
        _probes.Joined(member, now);
        Mode.Joined(member, null, now);
        Report(
            now,
            EventKind.MemberAdded,
            member,
            $"joined, link {(member.State == LinkState.Down ? "down" : "up")}, {Describe(member.Link)}"
        );
        if (before != Address)
            Report(now, EventKind.AddressChanged, null, $"address {Address}: that of {member.Name}, the first member");
        JoinSelection(member);
        Settle(now);
        return null;
    }

    /// <summary>Releases a member: restores its settings and leaves it administratively down.</summary>
    public OptionError? RemoveMember(long now, int ifindex)
    {
        if (FindMember(ifindex) is not { } member)
            return new OptionError(OptionErrorKind.Device, $"interface {ifindex}", $"not a member of {Name}");
        Release(member, "released", isThere: true, now);
        return null;
    }

    /// <summary>A member's interface was deleted, or moved to another namespace.</summary>
    public void MemberGone(long now, int ifindex, string why)
    {
        if (FindMember(ifindex) is { } member)
            Release(member, why, isThere: false, now);
    }

    /// <summary>A member's interface was renamed. The option primary refers to members by name.</summary>
    public void MemberRenamed(long now, int ifindex, string name)
    {
        if (FindMember(ifindex) is not { } member || member.Name == name)
            return;
        var primary = Primary;
        member.Name = name;
        if (Primary != primary)
            RequestReselection($"the primary is {(Primary is null ? "gone" : "now " + name)} by renaming");
        Settle(now);
    }

    /// <summary>Releases all members and removes the bond.</summary>
    public void Close(long now)
    {
        Plan = ForwardingPlan.Empty with { Generation = Plan.Generation + 1, Hears = Plan.Hears };
        Host.Publish(Plan);
        _announcements.Cancel();
        Mode.Stop(now);
        _nextPoll = Clock.Never;
        if (_watched is not null)
            Host.WatchStack(null);
        _watched = null;
        Active = null;
        var leaving = _members.ToList();
        _members.Clear();
        foreach (var member in leaving)
        {
            Host.Detach(member.Ifindex, member.Slot);
            Report(now, EventKind.MemberRemoved, member, "released: the bond is removed");
        }
        HasCarrier = _wantsCarrier = _toldCarrier = false;
        Host.SetCarrier(false);
        Report(now, EventKind.BondRemoved, null, "removed");
        PassOnReports();
    }

    /// <summary>The reason for which an interface cannot join once it is down; null if none is known.</summary>
    public OptionError? CheckCandidate(Candidate candidate) => Refuse(candidate with { Link = candidate.Link with { IsUp = false } });

    private OptionError? Refuse(Candidate candidate)
    {
        OptionError Problem(string reason, string? accepted = null) => new(OptionErrorKind.Device, candidate.Name, reason, accepted);

        if (candidate.Name == Name)
            return Problem("a bond cannot be a member of itself");
        if (candidate.IsLoopback)
            return Problem("the loopback interface sends no frames to other hosts", "accepted: an Ethernet interface");
        if (candidate.Master is { } master)
            return Problem($"belongs to {master}", $"release it first: ip link set {candidate.Name} nomaster");
        if (!candidate.IsEthernet)
            return Problem("not an Ethernet interface", "accepted: an interface with link/ether");
        if (candidate.Link.IsUp)
            return Problem("the interface is up", $"a member joins while it is down: ip link set {candidate.Name} down");
        if (_members.Count == ForwardingPlan.MaxMembers)
            return Problem($"{Name} has {ForwardingPlan.MaxMembers} members, the maximum");
        return null;
    }

    private int FreeSlot()
    {
        var slot = 0;
        while (_members.Exists(member => member.Slot == slot))
            slot++;
        return slot;
    }

    // The address to set on a member that joins; null to leave its own.
    private MacAddress? AddressOnJoining(Member member) =>
        Options.FailOverMac switch
        {
            FailOverMac.None when Mode.SharesAddress => Address,
            // Its own address is already in use here, by the bond or by a member that got it in an exchange: set another.
            FailOverMac.None when IsTaken(member.PermanentAddress) => UnusedAddress ?? MadeFor(member),
            FailOverMac.Follow when IsTaken(member.PermanentAddress) => MadeFor(member),
            _ => null,
        };

    // balance-alb, as the driver: a permanent address of a member that no member uses at present.
    private MacAddress? UnusedAddress =>
        _members.Find(member => !IsTaken(member.PermanentAddress)) is { } other ? other.PermanentAddress : null;

    private MacAddress MadeFor(Member member) => MacAddress.LocallyAdministered(Address.Value ^ ((ulong)member.Ifindex << 8) ^ 1);

    private bool IsTaken(MacAddress address) =>
        _members.Count > 0 && (address == Address || _members.Exists(member => member.Address == address));

    private void JoinSelection(Member member)
    {
        if (member == Primary)
        {
            _forcePrimary = true;
            RequestReselection($"{member.Name} is the primary and joined");
        }
        else if (Mode.ElectsActive || (Active is null && member.State == LinkState.Up))
        {
            RequestReselection($"{member.Name} joined");
        }
    }

    private void Release(Member member, string why, bool isThere, long now)
    {
        _members.Remove(member);
        Mode.Left(member);
        _probes.Left(member);
        if (member == Active)
        {
            Active = null;
            RequestReselection($"{member.Name} {why}");
        }
        Report(now, EventKind.MemberRemoved, member, why);
        // The plan without the member must be published before the member's slot closes.
        Settle(now);
        Mode.Parted(member, now);
        Host.Detach(member.Ifindex, member.Slot);
        if (_members.Count == 0)
        {
            ReturnAddress(now);
        }
        else if (isThere && Address == member.PermanentAddress && Options.FailOverMac == FailOverMac.None)
        {
            Report(
                now,
                EventKind.Notice,
                member,
                $"has the same address as {Name}, {Address}: change one of them before using it on the same network"
            );
        }
        PassOnReports();
    }
}

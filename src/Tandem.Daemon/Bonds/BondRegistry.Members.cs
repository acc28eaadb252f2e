using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

// Interfaces join and leave on request.
internal sealed partial class BondRegistry
{
    /// <summary>
    /// Makes an interface a member, with options if some are named. One that belongs to another bond is released from it first, as the
    /// kernel does; but not if its options are refused: then everything stays as it is.
    /// </summary>
    public Answer<BondResource> Join(long now, string bondName, string memberName, ChangeMemberRequest? request = null)
    {
        var changes = RequestReader.Options(OptionScope.Member, request?.Options);
        if (changes.Refusal is { } refusal)
            return refusal;
        if (Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (network.Find(memberName) is not { } link)
            return Refusals.NoDevice(memberName);
        if (_bonds.Find(other => other.Device.OtherEnd == link.Ifindex) is { } owner)
            return new OptionError(OptionErrorKind.Device, memberName, $"it is the other end of {owner.Name}, and belongs to that bond");
        if (BondHost.IsOtherEnd(link, device: null))
            return new OptionError(OptionErrorKind.Device, memberName, "it is the other end of a bond that this service does not run");
        if (bond.Brain.CheckMember(link.Ifindex, changes.Value!) is { } refused)
            return refused;
        if (bond.Brain.FindMember(link.Ifindex) is not null)
        {
            // A member that somebody set down is brought up, as one that joins: what is asked for is a member that carries frames.
            if (!link.IsUp && SetLinkUp(link.Ifindex, memberName, true) is { } notUp)
                return notUp;
            return changes.Value!.Count == 0 ? Show(bond) : Set(now, bond, link.Ifindex, changes.Value!);
        }
        if (Contains(memberName, bondName))
            return new OptionError(OptionErrorKind.Device, memberName, $"{bondName} is a member of it, directly or through other bonds");
        if (_bonds.Find(other => other.Brain.FindMember(link.Ifindex) is not null) is { } previous)
        {
            previous.Brain.RemoveMember(now, link.Ifindex);
            previous.Save();
            if (network.Find(memberName) is not { } released)
                return Refusals.NoDevice(memberName);
            link = released;
        }
        if (bond.Brain.AddMember(now, CandidateOf(link)) is { } error)
            return error;
        return Set(now, bond, link.Ifindex, changes.Value!);
    }

    /// <summary>Releases a member, which gets back what it had.</summary>
    public Answer<BondResource> Release(long now, string bondName, string memberName)
    {
        if (Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (MemberOf(bond, memberName) is not { } member)
            return network.Find(memberName) is null ? Refusals.NoDevice(memberName) : Refusals.NotAMember(memberName, bondName);
        if (bond.Brain.RemoveMember(now, member.Ifindex) is { } error)
            return error;
        bond.Save();
        return Show(bond);
    }

    /// <summary>Changes options of a member: all as asked, or none.</summary>
    public Answer<BondResource> ChangeMember(long now, string bondName, string memberName, ChangeMemberRequest request)
    {
        if (Find(bondName) is not { } bond)
            return Refusals.NoBond(bondName);
        if (MemberOf(bond, memberName) is not { } member)
            return network.Find(memberName) is null ? Refusals.NoDevice(memberName) : Refusals.NotAMember(memberName, bondName);
        var changes = RequestReader.Options(OptionScope.Member, request.Options);
        if (changes.Refusal is { } refusal)
            return refusal;
        return Set(now, bond, member.Ifindex, changes.Value!);
    }

    private Answer<BondResource> Set(long now, RunningBond bond, int ifindex, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        if (bond.Brain.ChangeMember(now, ifindex, changes) is { } error)
            return error;
        bond.Save();
        return Show(bond);
    }

    private static Member? MemberOf(RunningBond bond, string name)
    {
        foreach (var member in bond.Brain.Members)
        {
            if (member.Name == name)
                return member;
        }
        return null;
    }

    // Bonds may be members of bonds, but not in a circle.
    private bool Contains(string outer, string inner) =>
        Find(outer)?.Brain.Members.Any(member => member.Name == inner || Contains(member.Name, inner)) == true;

    private Candidate CandidateOf(LinkInfo link) =>
        new()
        {
            Ifindex = link.Ifindex,
            Name = link.Name,
            Address = link.Address,
            Link = new LinkStatus(link.IsUp, link.Flags.HasFlag(LinkFlags.LowerUp)),
            IsEthernet = link.IsEthernet,
            IsLoopback = link.Flags.HasFlag(LinkFlags.Loopback),
            Master = link.Master is { } master ? network.Find(master)?.Name ?? $"interface {master}" : null,
        };
}

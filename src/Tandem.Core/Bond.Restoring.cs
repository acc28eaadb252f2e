using Tandem.Core.Forwarding;
using Tandem.Core.Modes;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core;

// A bond goes on where an earlier process left it.
public sealed partial class Bond
{
    /// <summary>Members of an earlier process are taken over; nothing is said about carrier and plan until that ends.</summary>
    internal bool IsRestoring { get; private set; }

    /// <summary>
    /// Counts up when what the next process has to know of the mode changed without a new plan. Nothing is lost if that is written down a moment
    /// later.
    /// </summary>
    public long MemoryVersion => Mode.MemoryVersion;

    /// <summary>
    /// Sets options to values that they had before. A bond may have come to them by steps that are refused as one command, so
    /// conflicts, dependencies and side effects do not count here: what was is what will be. Called before members join.
    /// </summary>
    public void Restore(long now, IEnumerable<KeyValuePair<BondOption, OptionValue>> values)
    {
        var before = Options;
        // In the order of changes: delays are kept as passes of miimon, which therefore comes first.
        foreach (var (option, value) in values.OrderBy(saved => saved.Key.ApplyOrder))
            Options = Options.With(option, value);
        Configure(before, now);
        ReportChanges(before, [], now);
        SchedulePoll(now);
        Settle(now);
    }

    /// <summary>
    /// Takes in how the bond's address came about: the one of its device, and the one that a user asked for, if any. The address that
    /// it has now stays while members join, so that neighbours see no change. Called before members join.
    /// </summary>
    public void RestoreAddress(MacAddress own, MacAddress? user) => (_ownAddress, UserAddress) = (own, user);

    /// <summary>
    /// Makes an interface a member again that was one when the earlier process ended, and is still set up as one: it stays up, in its
    /// slot, with the address that it has.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="candidate">The interface as it is now.</param>
    /// <param name="slot">The slot that it had.</param>
    /// <param name="permanent">The address that it had before it joined.</param>
    /// <param name="memory">What the mode kept of the member; null to begin anew.</param>
    /// <returns>A refusal, after which the interface can be given back and join anew; null if it is a member.</returns>
    public OptionError? RestoreMember(long now, Candidate candidate, int slot, MacAddress permanent, MemberMemory? memory = null)
    {
        if (
            slot is < 0 or >= ForwardingPlan.MaxMembers
            || _members.Exists(other => other.Slot == slot || other.Ifindex == candidate.Ifindex)
        )
            return new OptionError(OptionErrorKind.Device, candidate.Name, $"its place {slot} is taken");
        var address = SharesAddress ? Address : (MacAddress?)null;
        var setup = new MemberSetup(candidate.Ifindex, candidate.Name, slot, address, Mtu, IsKept: true);
        if (Host.Attach(setup) is { IsOk: false } failed)
            return new OptionError(OptionErrorKind.Device, candidate.Name, failed.Problem!);
        var member = new Member(candidate.Ifindex, candidate.Name, slot, permanent)
        {
            Address = address ?? candidate.Address,
            Link = Host.ReadLink(candidate.Ifindex),
            StateSince = now,
        };
        // A link that is up needs no up delay: it did not just come back.
        member.State = member.Link.IsRunning ? LinkState.Up : LinkState.Down;
        _members.Add(member);
        _probes.Restored(member, now);
        Report(now, EventKind.MemberAdded, member, $"a member as before, link {(member.Link.IsRunning ? "up" : "down")}");
        JoinSelection(member);
        Mode.Joined(member, memory, now);
        return null;
    }

    /// <summary>Goes on counting a member's link failures. One that had a link and has none any more failed once more meanwhile.</summary>
    public void RestoreFailures(long now, int ifindex, uint failures, bool hadLink)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        member.LinkFailures = failures;
        // With carrier all the same: probes had found it down, and still have to find it up.
        if (!hadLink && member.State == LinkState.Up && _probes.Targets is { All.IsEmpty: false })
        {
            LinkPolicy.Take(member, LinkState.Down, Options, now, isLoss: false);
            _probes.Restored(member, now);
        }
        if (!hadLink || member.State != LinkState.Down)
            return;
        member.LinkFailures++;
        Report(now, EventKind.LinkDown, member, $"{LossOf(member)} while no service watched");
    }

    /// <summary>
    /// Ends the restoring, once the members are there: the member that was active is so again if it has a link, and a bond that got
    /// none of its members back has the address of a bond without members.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="active">The interface that was the active member; null if none was.</param>
    public void EndRestoring(long now, int? active)
    {
        IsRestoring = false;
        var generation = Plan.Generation;
        if (_members.Count == 0)
            ReturnAddress(now);
        if (active is { } ifindex && FindMember(ifindex) is { Link.IsRunning: true } member)
        {
            // It proved itself before.
            if (member.State == LinkState.Returning)
                LinkPolicy.EndWait(member, now);
            if (member.State == LinkState.Up)
            {
                // Members that came back are no reason to choose anew.
                (_reselectReason, _forcePrimary) = (null, false);
                // The first plan that names an active member already spreads over the others.
                if (Mode.ElectsActive)
                    Mode.Settle(now);
                SwitchTo(member, "it was before", now);
            }
        }
        Settle(now);
        // What was held back is said now, also where it is what a new bond begins with.
        if (Plan.Generation == generation)
            Host.Publish(Plan);
        Host.SetCarrier(HasCarrier);
    }
}

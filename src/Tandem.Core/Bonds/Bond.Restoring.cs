using Tandem.Core.Forwarding;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// Takes over a bond from the previous service.
public sealed partial class Bond
{
    /// <summary>Whether members are still being taken over. Until that ends, neither carrier nor plan is published.</summary>
    internal bool IsRestoring { get; private set; }

    /// <summary>
    /// Increases when the mode's state for the next service changes without a new plan. Saving it a moment later loses nothing.
    /// </summary>
    public long MemoryVersion => Mode.MemoryVersion;

    /// <summary>
    /// Sets options to their values under the previous service. Conflicts, dependencies and side effects do not apply: a bond may have
    /// reached these values by steps that would be refused as one command. Call it before members join.
    /// </summary>
    public void Restore(long now, IEnumerable<KeyValuePair<BondOption, OptionValue>> values)
    {
        var before = Options;
        // In apply order: miimon comes first, since delays are stored as multiples of miimon.
        foreach (var (option, value) in values.OrderBy(saved => saved.Key.ApplyOrder))
            Options = Options.With(option, value);
        Configure(before, now);
        ReportChanges(before, [], now);
        SchedulePoll(now);
        Settle(now);
    }

    /// <summary>
    /// Restores the device's own address and the one set by a user, if any. The bond keeps its present address while members join, so
    /// neighbours see no change. Call it before members join.
    /// </summary>
    public void RestoreAddress(MacAddress own, MacAddress? user) => (_ownAddress, UserAddress) = (own, user);

    /// <summary>
    /// Takes over a member of the previous service whose interface is still set up as one. It stays up, in its slot, with its address.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="candidate">The interface's present state.</param>
    /// <param name="slot">The member's slot.</param>
    /// <param name="permanent">The interface's address before it joined.</param>
    /// <param name="memory">The mode's state of the member; null to start anew.</param>
    /// <returns>A refusal, after which the interface can be released and join anew; null on success.</returns>
    public OptionError? RestoreMember(long now, Candidate candidate, int slot, MacAddress permanent, MemberMemory? memory = null)
    {
        if (
            slot is < 0 or >= ForwardingPlan.MaxMembers
            || _members.Exists(other => other.Slot == slot || other.Ifindex == candidate.Ifindex)
        )
            return new OptionError(OptionErrorKind.Device, candidate.Name, $"its slot {slot} is taken");
        var address = SharesAddress ? Address : (MacAddress?)null;
        var setup = new MemberSetup(candidate.Ifindex, candidate.Name, slot, address, Mtu, IsKept: true);
        if (Host.Attach(setup) is { IsOk: false } failed)
            return new OptionError(OptionErrorKind.Device, candidate.Name, failed.Problem!);
        var member = new Member(candidate.Ifindex, candidate.Name, slot, permanent) { Address = address ?? candidate.Address };
        member.Monitored.Status = Host.ReadLink(candidate.Ifindex);
        LinkPolicy.Restore(member.Monitored, now);
        _members.Add(member);
        _probes.Restored(member, now);
        Report(now, EventKind.MemberAdded, member, $"taken over as a member, link {(member.Link.IsRunning ? "up" : "down")}");
        JoinSelection(member);
        Mode.Joined(member, memory, now);
        return null;
    }

    /// <summary>Restores a member's link failure count. A member that had a link and has none now failed once more.</summary>
    public void RestoreFailures(long now, int ifindex, uint failures, bool hadLink)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        member.LinkFailures = failures;
        // Despite the carrier: probes had found the link down, and must find it up again.
        if (!hadLink && member.State == LinkState.Up && _probes.Targets is { All.IsEmpty: false })
        {
            LinkPolicy.Take(member.Monitored, LinkState.Down, Options, now, isLoss: false);
            _probes.Restored(member, now);
        }
        if (!hadLink || member.State != LinkState.Down)
            return;
        member.LinkFailures++;
        Report(now, EventKind.LinkDown, member, $"{LossOf(member)} while no service was running");
    }

    /// <summary>
    /// Ends the takeover after all members were restored. The previously active member is active again if it has a link. A bond without
    /// members gets its home address.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="active">Ifindex of the previously active member; null if there was none.</param>
    public void EndRestoring(long now, int? active)
    {
        IsRestoring = false;
        var generation = Plan.Generation;
        if (_members.Count == 0)
            ReturnAddress(now);
        if (active is { } ifindex && FindMember(ifindex) is { Link.IsRunning: true } member)
        {
            // The link had served its delays before.
            if (member.State == LinkState.Returning)
                LinkPolicy.EndWait(member.Monitored, now);
            if (member.State == LinkState.Up)
            {
                // Members that were restored are no reason to reselect.
                (_reselectReason, _forcePrimary) = (null, false);
                // Settle the mode first, so that the first plan with an active member already spreads over the other members.
                if (Mode.ElectsActive)
                    Mode.Settle(now);
                SwitchTo(member, "it was active before", now);
            }
        }
        Settle(now);
        // Publish what was withheld, even if it equals the state of a new bond.
        if (Plan.Generation == generation)
            Host.Publish(Plan);
        Host.SetCarrier(HasCarrier);
    }
}

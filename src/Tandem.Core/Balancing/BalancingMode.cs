using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// Common part of balance-tlb and balance-alb. The active member has the bond's address and carries what is not balanced. The other
/// members send with their own addresses, which switches learn.
/// </summary>
internal abstract class BalancingMode(Bond bond) : Mode(bond)
{
    private long _nextLearning = Clock.Never;

    /// <inheritdoc/>
    public override bool ElectsActive => true;

    /// <summary>
    /// After a failover only the addresses of other stations behind the bond are announced: neighbours know the bond's address already,
    /// and learning frames teach the switches.
    /// </summary>
    public override PeerAnnouncement Announces => PeerAnnouncement.OfOthers;

    /// <summary>The bond has carrier while one member has a link, as in active-backup.</summary>
    public override bool HasCarrier => Bond.Members.Any(member => member.State == LinkState.Up);

    /// <inheritdoc/>
    public override bool NeedsStack => true;

    /// <inheritdoc/>
    public override long NextDeadline => Math.Min(Loads.NextDeadline, _nextLearning);

    /// <summary>Whether sent traffic is balanced by measured load (tlb_dynamic_lb).</summary>
    public bool IsDynamic => Bond.Options.IsTlbDynamic;

    /// <summary>The source address of each member's frames.</summary>
    public SourceAddresses Addresses { get; } = new();

    /// <summary>The buckets of sent traffic: their member and their load.</summary>
    public LoadTable Loads { get; } = new();

    /// <summary>Whether the members send learning frames periodically.</summary>
    protected abstract bool TeachesSwitches { get; }

    /// <summary>State of a member for the next service.</summary>
    public virtual ShareMemory MemoryOf(Member member) =>
        new(Addresses[member], Usable.Contains(member), IsDynamic ? Loads.BucketsOf(member) : [], []);

    /// <summary>Members that can carry frames, in member order.</summary>
    protected IReadOnlyList<Member> Usable { get; private set; } = [];

    /// <inheritdoc/>
    public override void Configure(BondOptions before, long now)
    {
        if (
            before.Mode == Bond.Options.Mode
            && before.IsTlbDynamic == IsDynamic
            && before.LearningInterval == Bond.Options.LearningInterval
        )
            return;
        if (IsDynamic)
            Loads.Start(Bond.Host, now);
        else
            Loads.Stop();
        _nextLearning = TeachesSwitches ? now : Clock.Never;
    }

    /// <inheritdoc/>
    public override void Joined(Member member, MemberMemory? memory, long now)
    {
        var known = memory as ShareMemory;
        Addresses.Join(member, known?.Address ?? OwnAddressOf(member));
        if (known is not null)
            Restore(member, known);
    }

    /// <inheritdoc/>
    public override void Left(Member member) => Addresses.Leave(member, Bond.Address);

    /// <inheritdoc/>
    public override void ActiveChanges(Member? next)
    {
        if (next is not null)
            Addresses.GiveBonds(next, Bond.Address);
    }

    /// <inheritdoc/>
    public override void BondAddressChanged()
    {
        if (Bond.Active is { } active)
            Addresses.GiveBonds(active, Bond.Address);
    }

    /// <inheritdoc/>
    public override void ActiveChanged(Member? previous, Member? next, long now)
    {
        if (!Bond.IsUp)
            return;
        if (next is not null)
            Teach(next, Addresses[next]);
        if (previous is { CanTransmit: true } && Bond.Members.Contains(previous))
            Teach(previous, Addresses[previous]);
    }

    /// <inheritdoc/>
    public override void LetTimePass(long now)
    {
        if (now >= Loads.NextDeadline)
            Loads.LetTimePass(Bond.Host, Usable, Bond.Active, now);
        if (now < _nextLearning)
            return;
        _nextLearning = now + (Bond.Options.LearningInterval * Clock.Second);
        if (!Bond.IsUp)
            return;
        foreach (var member in Usable)
            Teach(member, Addresses[member]);
    }

    /// <inheritdoc/>
    public override void Settle(long now)
    {
        // Judged by link state alone: the bond has not set CanTransmit of a member that has just joined.
        Usable = [.. Bond.Members.Where(member => member is { Link.IsRunning: true, State: LinkState.Up })];
        if (IsDynamic)
            Loads.Settle(Usable, now);
    }

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        if (Bond.Active is not { } active)
            return new ForwardingPlan { Hears = Hears };
        // During its down delay the active member still carries what is not balanced, as in active-backup.
        ImmutableArray<Member> members = Usable.Contains(active) ? [.. Usable] : [.. Usable, active];
        // With no usable member the active one carries everything.
        var isTable = IsDynamic && Usable.Count > 0;
        return new ForwardingPlan
        {
            Rule = TransmitRule.Buckets,
            Policy = Bond.Options.HashPolicy,
            Transmit = [.. members.Select(member => (byte)member.Slot)],
            Deliver = Bond.Options.AllMembersActive ? AllSlots : 1UL << active.Slot,
            Hears = Hears,
            Balancing = Refine(
                new BucketRule
                {
                    Address = Bond.Address,
                    Active = members.IndexOf(active),
                    Sources = [.. members.Select(member => Addresses[member])],
                    Buckets = isTable ? Table(members, bucket => Loads[bucket]) : [],
                },
                members
            ),
        };
    }

    /// <summary>The source address of a member that joins.</summary>
    protected abstract MacAddress OwnAddressOf(Member member);

    /// <summary>Takes over the state of a member from the previous service.</summary>
    protected virtual void Restore(Member member, ShareMemory memory)
    {
        if (IsDynamic)
            Loads.Restore(member, memory.Sends, memory.IsUsable);
    }

    /// <summary>Control frames that the mode receives.</summary>
    protected virtual ControlFrameKinds Hears => ControlFrameKinds.None;

    /// <summary>Adds the parts of the rule that only one of the two modes has.</summary>
    /// <param name="rule">The common part.</param>
    /// <param name="members">The members that the rule's indexes refer to.</param>
    protected virtual BucketRule Refine(BucketRule rule, ImmutableArray<Member> members) => rule;

    /// <summary>A table of member indexes by bucket. Buckets without a member get the active one.</summary>
    protected ImmutableArray<byte> Table(ImmutableArray<Member> members, Func<int, Member?> memberOf)
    {
        var table = ImmutableArray.CreateBuilder<byte>(BucketRule.Size);
        var active = (byte)members.IndexOf(Bond.Active!);
        for (var bucket = 0; bucket < BucketRule.Size; bucket++)
            table.Add(memberOf(bucket) is { } member && members.IndexOf(member) is var place and >= 0 ? (byte)place : active);
        return table.MoveToImmutable();
    }

    /// <summary>
    /// Sends learning frames on a member: for its own address, also in the bond's VLANs, and on the active member for addresses of other
    /// stations above the bond, whose frames leave only there.
    /// </summary>
    protected void Teach(Member member, MacAddress station)
    {
        SendLearning(member, station, []);
        foreach (var above in Bond.Stack.Stations)
        {
            if (above.IsVlan && above.Tags.Length == 1 && above.Address == Bond.Address)
                SendLearning(member, station, above.Tags.AsSpan());
            else if (member == Bond.Active && above.Address != Bond.Address)
                SendLearning(member, above.Address, above.Tags.AsSpan());
        }
    }

    private void SendLearning(Member member, MacAddress station, ReadOnlySpan<FrameTag> tags)
    {
        Span<byte> frame = stackalloc byte[LearningFrame.MaxLength];
        Bond.Host.SendControl(member.Slot, frame[..LearningFrame.Write(frame, station, tags)]);
    }
}

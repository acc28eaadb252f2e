using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Modes;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// What balance-tlb and balance-alb share: the active member has the bond's address and carries what is not balanced; the others send with
/// addresses of their own, and switches learn them.
/// </summary>
internal abstract class BalancingMode(Bond bond) : Mode(bond)
{
    private long _nextLearning = Clock.Never;

    /// <inheritdoc/>
    public override bool ElectsActive => true;

    /// <summary>
    /// The bond's own address is where neighbours know it to be, and switches are taught; what other stations send moves with the active
    /// member.
    /// </summary>
    public override PeerAnnouncement Announces => PeerAnnouncement.OfOthers;

    /// <summary>One link is enough to be there, as in active-backup.</summary>
    public override bool HasCarrier => Bond.Members.Any(member => member.State == LinkState.Up);

    /// <inheritdoc/>
    public override bool NeedsStack => true;

    /// <inheritdoc/>
    public override long NextDeadline => Math.Min(Loads.NextDeadline, _nextLearning);

    /// <summary>Whether what is sent is balanced by its load (tlb_dynamic_lb).</summary>
    public bool IsDynamic => Bond.Options.IsTlbDynamic;

    /// <summary>With which address each member sends.</summary>
    public SourceAddresses Addresses { get; } = new();

    /// <summary>The buckets: which member carries each, and with what load.</summary>
    public LoadTable Loads { get; } = new();

    /// <summary>Whether switches are told periodically where members are.</summary>
    protected abstract bool TeachesSwitches { get; }

    /// <summary>What the next process has to know of a member.</summary>
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
        // All may send as far as the mode goes; of one that has just joined the bond does not know that yet.
        Usable = [.. Bond.Members.Where(member => member is { Link.IsRunning: true, State: LinkState.Up })];
        if (IsDynamic)
            Loads.Settle(Usable, now);
    }

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        if (Bond.Active is not { } active)
            return new ForwardingPlan { Hears = Hears };
        // While its down delay runs the active member still carries what is not balanced, as in active-backup.
        ImmutableArray<Member> members = Usable.Contains(active) ? [.. Usable] : [.. Usable, active];
        // Without another to balance over, all is the active member's.
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

    /// <summary>The address with which a member sends that joins.</summary>
    protected abstract MacAddress OwnAddressOf(Member member);

    /// <summary>Takes in what an earlier process knew of a member.</summary>
    protected virtual void Restore(Member member, ShareMemory memory)
    {
        if (IsDynamic)
            Loads.Restore(member, memory.Sends, memory.IsUsable);
    }

    /// <summary>The control frames that the mode hears.</summary>
    protected virtual ControlFrameKinds Hears => ControlFrameKinds.None;

    /// <summary>Adds what only one of the modes does.</summary>
    /// <param name="rule">What both do.</param>
    /// <param name="members">The members by place.</param>
    protected virtual BucketRule Refine(BucketRule rule, ImmutableArray<Member> members) => rule;

    /// <summary>A table of the places of members; of the active member's where a bucket has none.</summary>
    protected ImmutableArray<byte> Table(ImmutableArray<Member> members, Func<int, Member?> memberOf)
    {
        var table = ImmutableArray.CreateBuilder<byte>(BucketRule.Size);
        var active = (byte)members.IndexOf(Bond.Active!);
        for (var bucket = 0; bucket < BucketRule.Size; bucket++)
            table.Add(memberOf(bucket) is { } member && members.IndexOf(member) is var place and >= 0 ? (byte)place : active);
        return table.MoveToImmutable();
    }

    /// <summary>
    /// Tells switches that a member's station is there, also in the VLANs of the bond; and of the active member, that those stations are
    /// there whose frames leave by it alone.
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

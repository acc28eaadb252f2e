using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>
/// The mode of one bond, with the mode's state. Created when the bond is set to the mode, dropped when it is set to another. The bond
/// reports what happens, then lets the mode settle, then asks it for the plan. All calls come from the bond's thread.
/// </summary>
internal abstract class Mode(Bond bond)
{
    /// <summary>Whether the bond elects an active member by primary, priority and the user's choice.</summary>
    public virtual bool ElectsActive => false;

    /// <summary>The addresses announced to neighbours when the active member changes.</summary>
    public virtual PeerAnnouncement Announces => PeerAnnouncement.None;

    /// <summary>Whether all members have the bond's address, unless fail_over_mac says otherwise.</summary>
    public virtual bool SharesAddress => true;

    /// <summary>Whether the mode chooses the member that sends announcements (<see cref="Speaker"/>); otherwise the bond elects the
    /// active member.</summary>
    public virtual bool NamesSpeaker => false;

    /// <summary>The member that sends announcements, if <see cref="NamesSpeaker"/>; null if none can.</summary>
    public virtual Member? Speaker => null;

    /// <summary>Whether the bond should have carrier. By default, if enough members have a link.</summary>
    public virtual bool HasCarrier => Bond.Members.Count(member => member.State == LinkState.Up) >= Math.Max(1, Bond.Options.MinLinks);

    /// <summary>Whether the bond's carrier rises only after a calm period if it fell several times: where more than links decides about
    /// it.</summary>
    public virtual bool DampsCarrier => false;

    /// <summary>Whether the mode uses <see cref="Bond.Stack"/>. Constant for a mode.</summary>
    public virtual bool NeedsStack => false;

    /// <summary>When <see cref="LetTimePass"/> is due, in monotonic ns; <see cref="Clock.Never"/> if nothing is.</summary>
    public virtual long NextDeadline => Clock.Never;

    /// <summary>
    /// Increases when the mode's state for the next service changes without a new plan. Changes that come with a new plan need not be
    /// counted.
    /// </summary>
    public virtual long MemoryVersion => 0;

    /// <summary>The bond.</summary>
    protected Bond Bond { get; } = bond;

    /// <summary>Whether the mode lets a member carry traffic.</summary>
    public virtual bool MayTransmit(Member member) => true;

    /// <summary>The bond's speed in Mbit/s, from the known speeds of the members that carry traffic.</summary>
    public virtual uint Speed(IEnumerable<uint> speeds) => (uint)Math.Min(speeds.Sum(speed => (long)speed), uint.MaxValue);

    /// <summary>The plan for the present state.</summary>
    public abstract ForwardingPlan Plan();

    /// <summary>Options changed. Also called once after the mode was created.</summary>
    public virtual void Configure(BondOptions before, long now) { }

    /// <summary>A member joined, with its state from the previous service if there was one.</summary>
    public virtual void Joined(Member member, MemberMemory? memory, long now) { }

    /// <summary>A member left. The published plan still contains it.</summary>
    public virtual void Left(Member member) { }

    /// <summary>A member left, and the published plan no longer contains it; frames can still be sent on its slot.</summary>
    public virtual void Parted(Member member, long now) { }

    /// <summary>An option of a member changed.</summary>
    public virtual void OptionChanged(Member member, BondOption option, OptionValue value, long now) { }

    /// <summary>The active member is about to change, before the plan is made.</summary>
    public virtual void ActiveChanges(Member? next) { }

    /// <summary>The active member changed, and the plan is published.</summary>
    public virtual void ActiveChanged(Member? previous, Member? next, long now) { }

    /// <summary>The bond's address changed.</summary>
    public virtual void BondAddressChanged() { }

    /// <summary>The bond is set down or removed; its members can still send.</summary>
    public virtual void Stop(long now) { }

    /// <summary>A member received a control frame.</summary>
    /// <returns>Whether the bond must settle; if not, it calls <see cref="PlanIsOut"/> at once.</returns>
    public virtual bool Receive(Member member, ReadOnlySpan<byte> frame, long now) => false;

    /// <summary>Sets the time, and ends timers that are due.</summary>
    public virtual void LetTimePass(long now) { }

    /// <summary>Updates the mode's state before the plan is made. Sends nothing.</summary>
    public virtual void Settle(long now) { }

    /// <summary>Sends what depends on the plan, which is published now.</summary>
    public virtual void PlanIsOut(long now) { }

    /// <summary>A member starts or stops to carry traffic, by <see cref="MayTransmit"/>.</summary>
    public virtual void TrafficChanged(Member member, bool carries) { }

    /// <summary>Bit mask of the slots of all members.</summary>
    protected ulong AllSlots => Bond.Members.Aggregate(0UL, (slots, member) => slots | (1UL << member.Slot));

    /// <summary>Slots of the members that can carry frames, in member order.</summary>
    protected ImmutableArray<byte> UsableSlots => [.. Bond.Members.Where(member => member.CanTransmit).Select(member => (byte)member.Slot)];

    /// <summary>The queues tied to members by queue_id. Includes members on standby, as with the driver, but only while their link is
    /// up.</summary>
    protected ImmutableArray<QueueSlot> Queues =>
        [
            .. Bond
                .Members.Where(member => member is { QueueId: > 0, State: LinkState.Up, Link.IsRunning: true })
                .Select(member => new QueueSlot((ushort)member.QueueId, (byte)member.Slot)),
        ];

    /// <summary>The rule; <see cref="TransmitRule.None"/> if there is no slot for it.</summary>
    protected static TransmitRule RuleFor(ImmutableArray<byte> slots, TransmitRule rule) => slots.IsEmpty ? TransmitRule.None : rule;
}

using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Core.Modes;

/// <summary>
/// How one bond uses its members, and what it keeps for that: made when the bond takes the mode, gone when it takes another. The bond tells it
/// what happens, then lets it settle, then asks it for the plan. A mode that keeps nothing is a reading of the bond. All calls come from
/// the bond's thread.
/// </summary>
internal abstract class Mode(Bond bond)
{
    /// <summary>True if one member is the active one, chosen by primary, priority and users.</summary>
    public virtual bool ElectsActive => false;

    /// <summary>What neighbours have to be told when another member is the active one.</summary>
    public virtual PeerAnnouncement Announces => PeerAnnouncement.None;

    /// <summary>True if all members have the bond's address, unless fail_over_mac says otherwise.</summary>
    public virtual bool SharesAddress => true;

    /// <summary>True if the mode says on which member announcements leave (<see cref="Speaker"/>); else the bond elects the active member.</summary>
    public virtual bool NamesSpeaker => false;

    /// <summary>The member on which announcements leave, where the mode names it; null if none can carry them.</summary>
    public virtual Member? Speaker => null;

    /// <summary>Whether links that count as up are enough to give the bond carrier.</summary>
    public virtual bool HasCarrier => Bond.Members.Count(member => member.State == LinkState.Up) >= Math.Max(1, Bond.Options.MinLinks);

    /// <summary>Whether the bond's carrier waits for calm after it fell several times in a row: where more than links gives and takes it.</summary>
    public virtual bool DampsCarrier => false;

    /// <summary>Whether the mode reads <see cref="Bond.Stack"/>. The same as long as the mode is.</summary>
    public virtual bool NeedsStack => false;

    /// <summary>When <see cref="LetTimePass"/> wants to be called next, in monotonic ns; <see cref="Clock.Never"/> if nothing is due.</summary>
    public virtual long NextDeadline => Clock.Never;

    /// <summary>
    /// Counts up when what the next process has to know changed without a new plan. A new plan may change it as well, without being counted here.
    /// </summary>
    public virtual long MemoryVersion => 0;

    /// <summary>The bond.</summary>
    protected Bond Bond { get; } = bond;

    /// <summary>Whether a member may carry traffic at all, as far as the mode goes.</summary>
    public virtual bool MayTransmit(Member member) => true;

    /// <summary>The bond's speed in Mbit/s from the known speeds of the members that can transmit.</summary>
    public virtual uint Speed(IEnumerable<uint> speeds) => (uint)Math.Min(speeds.Sum(speed => (long)speed), uint.MaxValue);

    /// <summary>What is to be done with each frame.</summary>
    public abstract ForwardingPlan Plan();

    /// <summary>Takes in that options changed; also called once after the mode was made.</summary>
    public virtual void Configure(BondOptions before, long now) { }

    /// <summary>Takes in a new member, with what an earlier process knew of it, if there was one.</summary>
    public virtual void Joined(Member member, MemberMemory? memory, long now) { }

    /// <summary>Takes in that an interface is no member any more. The plan that is out still has it.</summary>
    public virtual void Left(Member member) { }

    /// <summary>The last word on a link whose interface is no member any more: the plan without it is out, frames can still be sent.</summary>
    public virtual void Parted(Member member, long now) { }

    /// <summary>Takes in that a member's option changed.</summary>
    public virtual void OptionChanged(Member member, BondOption option, OptionValue value, long now) { }

    /// <summary>Takes in which member is the active one from the next plan on, before that is made.</summary>
    public virtual void ActiveChanges(Member? next) { }

    /// <summary>Takes in that another member is the active one: the plan that makes it so is out.</summary>
    public virtual void ActiveChanged(Member? previous, Member? next, long now) { }

    /// <summary>Takes in that the bond has another address.</summary>
    public virtual void BondAddressChanged() { }

    /// <summary>Takes in that the bond is set down or removed, while its members can still send.</summary>
    public virtual void Stop(long now) { }

    /// <summary>Takes in a frame that a member received.</summary>
    /// <returns>Whether the bond has to settle for it; if not, <see cref="PlanIsOut"/> follows at once.</returns>
    public virtual bool Receive(Member member, ReadOnlySpan<byte> frame, long now) => false;

    /// <summary>Lets timers that have ended count.</summary>
    public virtual void LetTimePass(long now) { }

    /// <summary>Draws conclusions from what happened, before the plan is made; sends nothing.</summary>
    public virtual void Settle(long now) { }

    /// <summary>Sends what is to be told: the plan that makes it true is out.</summary>
    public virtual void PlanIsOut(long now) { }

    /// <summary>Takes in that a member begins or ends to carry traffic, as <see cref="MayTransmit"/> said.</summary>
    public virtual void TrafficChanged(Member member, bool carries) { }

    /// <summary>The slots of all members, as bits.</summary>
    protected ulong AllSlots => Bond.Members.Aggregate(0UL, (slots, member) => slots | (1UL << member.Slot));

    /// <summary>The slots of members that can transmit, in member order.</summary>
    protected ImmutableArray<byte> UsableSlots => [.. Bond.Members.Where(member => member.CanTransmit).Select(member => (byte)member.Slot)];

    /// <summary>The queues that members have by queue_id; standby or not, as with the driver, but only while frames can pass.</summary>
    protected ImmutableArray<QueueSlot> Queues =>
        [
            .. Bond
                .Members.Where(member => member is { QueueId: > 0, State: LinkState.Up, Link.IsRunning: true })
                .Select(member => new QueueSlot((ushort)member.QueueId, (byte)member.Slot)),
        ];

    /// <summary>The rule, or <see cref="TransmitRule.None"/> if no slot is left for it.</summary>
    protected static TransmitRule RuleFor(ImmutableArray<byte> slots, TransmitRule rule) => slots.IsEmpty ? TransmitRule.None : rule;
}

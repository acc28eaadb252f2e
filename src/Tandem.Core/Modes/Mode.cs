using System.Collections.Immutable;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>
/// How a bond uses its members. A mode has no state of its own: all of it is in the bond and its members, so that a mode is a reading
/// of them.
/// </summary>
internal abstract class Mode
{
    /// <summary>True if one member is active and the others stand by.</summary>
    public virtual bool HasStandby => false;

    /// <summary>Whether links that count as up are enough to give the bond carrier.</summary>
    public virtual bool HasCarrier(Bond bond) =>
        bond.Members.Count(member => member.State == LinkState.Up) >= Math.Max(1, bond.Options.MinLinks);

    /// <summary>Whether the bond's carrier waits for calm after it fell several times in a row: where more than links gives and takes it.</summary>
    public virtual bool DampsCarrier(Bond bond) => false;

    /// <summary>Whether a member may carry traffic at all, as far as the mode goes.</summary>
    public virtual bool MayTransmit(Bond bond, Member member) => true;

    /// <summary>The bond's speed in Mbit/s from the known speeds of the members that can transmit.</summary>
    public virtual uint Speed(IEnumerable<uint> speeds) => (uint)Math.Min(speeds.Sum(speed => (long)speed), uint.MaxValue);

    /// <summary>What is to be done with each frame.</summary>
    public abstract ForwardingPlan Plan(Bond bond);

    /// <summary>The slots of all members, as bits.</summary>
    protected static ulong AllSlots(Bond bond) => bond.Members.Aggregate(0UL, (slots, member) => slots | (1UL << member.Slot));

    /// <summary>The slots of members that can transmit, in member order.</summary>
    protected static ImmutableArray<byte> UsableSlots(Bond bond) =>
        [.. bond.Members.Where(member => member.CanTransmit).Select(member => (byte)member.Slot)];

    /// <summary>The queues that members have by queue_id; standby or not, as with the driver, but only while frames can pass.</summary>
    protected static ImmutableArray<QueueSlot> Queues(Bond bond) =>
        [
            .. bond
                .Members.Where(member => member is { QueueId: > 0, State: LinkState.Up, Link.IsRunning: true })
                .Select(member => new QueueSlot((ushort)member.QueueId, (byte)member.Slot)),
        ];

    /// <summary>The rule, or <see cref="TransmitRule.None"/> if no slot is left for it.</summary>
    protected static TransmitRule RuleFor(ImmutableArray<byte> slots, TransmitRule rule) => slots.IsEmpty ? TransmitRule.None : rule;
}

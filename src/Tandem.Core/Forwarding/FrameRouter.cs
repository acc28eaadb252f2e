using System.Runtime.InteropServices;
using Tandem.Core.Hashing;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>
/// Picks the member for each frame of the host as the plan says. One per sending thread: it keeps the turn of balance-rr, as
/// the driver keeps one per processor.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct FrameRouter
{
    private uint _turn;
    private ulong _random;

    /// <summary>A router that has sent nothing yet.</summary>
    /// <param name="seed">Where the random choices of balance-rr start.</param>
    public FrameRouter(ulong seed) => _random = seed;

    /// <summary>The slot that carries a frame; -1 if it is to be dropped.</summary>
    /// <remarks>
    /// Of a frame that is broadcast (<see cref="ForwardingPlan.Broadcasts"/>) the answer is not asked: the data path itself sends a copy on
    /// each of <see cref="ForwardingPlan.Transmit"/>.
    /// </remarks>
    public int Route(ForwardingPlan plan, ReadOnlySpan<byte> frame)
    {
        var slots = plan.Transmit.AsSpan();
        if (slots.IsEmpty)
            return -1;
        switch (plan.Rule)
        {
            case TransmitRule.One or TransmitRule.Broadcast:
                return slots[0];
            case TransmitRule.Hash:
                return slots[(int)(FlowHash.Compute(plan.Policy, frame) % (uint)slots.Length)];
            case TransmitRule.Buckets:
                return slots[BucketChoice.For(plan, plan.Balancing!, frame).Target];
            case TransmitRule.RoundRobin:
                return TakesTurn(plan, frame) ? slots[(int)(NextTurn(plan.PacketsPerMember) % (uint)slots.Length)] : plan.GroupSlot;
            default:
                return -1;
        }
    }

    /// <summary>Whether the slot of a frame is whose turn it is: two frames that are the same then leave on different slots.</summary>
    public static bool TakesTurn(ForwardingPlan plan, ReadOnlySpan<byte> frame) =>
        plan.Rule == TransmitRule.RoundRobin && (plan.GroupSlot < 0 || !IsIgmp(frame));

    /// <summary>Counts before it divides, so that the first frame of a new bond takes the second member, as with the driver.</summary>
    private uint NextTurn(uint packetsPerMember) =>
        packetsPerMember switch
        {
            0 => NextRandom(),
            1 => unchecked(++_turn),
            _ => unchecked(++_turn) / packetsPerMember,
        };

    /// <summary>SplitMix64: any seed will do, 0 too.</summary>
    private uint NextRandom()
    {
        unchecked
        {
            _random += 0x9e37_79b9_7f4a_7c15;
            var mixed = (_random ^ (_random >> 30)) * 0xbf58_476d_1ce4_e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
            return (uint)(mixed >> 32);
        }
    }

    private static bool IsIgmp(ReadOnlySpan<byte> frame) =>
        EthernetHeader.TryRead(frame, readTag: true, out var header)
        && header.Type == EtherType.Ip4
        && frame.Length >= header.PayloadOffset + Ip4Header.Length
        && frame[header.PayloadOffset + Ip4Header.Protocol] == IpProtocol.Igmp;
}

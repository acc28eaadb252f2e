using System.Runtime.InteropServices;
using Tandem.Core.Hashing;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>
/// Picks the member for each frame of the host by the plan. Each sending thread has its own router with its own turn counter for
/// balance-rr, as the driver has one for each processor.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct FrameRouter
{
    private uint _turn;
    private ulong _random;

    /// <summary>Creates a router.</summary>
    /// <param name="seed">Seed of the random choices of balance-rr with packets_per_slave 0.</param>
    public FrameRouter(ulong seed) => _random = seed;

    /// <summary>The slot that sends a frame; -1 to drop it.</summary>
    /// <remarks>
    /// Not for frames that leave on several members (<see cref="ForwardingPlan.Broadcasts"/>): there the data path sends a copy on each
    /// of <see cref="ForwardingPlan.Transmit"/>.
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

    /// <summary>Whether the frame's slot depends on the turn, so that two equal frames leave on different slots.</summary>
    public static bool TakesTurn(ForwardingPlan plan, ReadOnlySpan<byte> frame) =>
        plan.Rule == TransmitRule.RoundRobin && (plan.GroupSlot < 0 || !IsIgmp(frame));

    /// <summary>Counts before it divides: the first frame of a new bond takes the second member, as with the driver.</summary>
    private uint NextTurn(uint packetsPerMember) =>
        packetsPerMember switch
        {
            0 => NextRandom(),
            1 => unchecked(++_turn),
            _ => unchecked(++_turn) / packetsPerMember,
        };

    /// <summary>SplitMix64. Every seed works, including 0.</summary>
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

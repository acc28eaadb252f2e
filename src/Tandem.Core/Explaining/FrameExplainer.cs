using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Explaining;

/// <summary>Explains which member carries a frame: asks the router that the data path uses, and repeats its steps for display.</summary>
public static class FrameExplainer
{
    /// <summary>Explains a frame.</summary>
    /// <param name="plan">The bond's forwarding plan.</param>
    /// <param name="frame">The frame from its destination address on.</param>
    public static Explanation Explain(ForwardingPlan plan, ReadOnlySpan<byte> frame)
    {
        var router = new FrameRouter(seed: 0);
        var slot = router.Route(plan, frame);
        var isOne = slot >= 0 && plan.Rule != TransmitRule.Broadcast && !FrameRouter.TakesTurn(plan, frame);
        var explanation = new Explanation
        {
            Policy = plan.Policy,
            Slot = isOne ? slot : null,
            Standby = plan.Standby,
            Note = slot < 0 ? "no member can carry frames: the frame is dropped" : NoteOf(plan, isOne),
        };
        if (slot < 0)
            return explanation;
        return plan.Rule switch
        {
            TransmitRule.Hash => WithHash(explanation, plan.Transmit.Length, frame),
            TransmitRule.Buckets => OfBuckets(explanation, plan, plan.Balancing!, frame),
            _ => explanation,
        };
    }

    /// <summary>Whether the mode picks members by the contents of the frame.</summary>
    public static bool Hashes(BondMode mode) => mode is BondMode.BalanceXor or BondMode.Lacp or BondMode.BalanceTlb or BondMode.BalanceAlb;

    private static string? NoteOf(ForwardingPlan plan, bool isOne) =>
        plan.Rule switch
        {
            TransmitRule.RoundRobin when isOne => "IGMP leaves on one member: the first that came up",
            TransmitRule.RoundRobin => "members take turns, whatever the frame is",
            TransmitRule.One => "the active member carries every frame",
            TransmitRule.Broadcast => "every member carries a copy",
            _ => null,
        };

    private static Explanation WithHash(Explanation explanation, int modulus, ReadOnlySpan<byte> frame)
    {
        var policy = explanation.Policy;
        var keys = FlowDissector.Read(policy, frame, VlanTagPlacement.Stripped);
        return explanation with
        {
            Keys = KeysOf(policy, keys, frame),
            Steps = StepsOf(policy, keys, frame),
            Hash = FlowHash.Compute(policy, keys),
            Modulus = modulus,
        };
    }

    private static Explanation OfBuckets(Explanation explanation, ForwardingPlan plan, BucketRule rule, ReadOnlySpan<byte> frame)
    {
        var choice = BucketChoice.For(plan, rule, frame);
        var leaving = frame.ToArray();
        choice.Readdress(rule, leaving);
        var found = explanation with
        {
            Bucket = choice.Bucket == BucketChoice.None ? null : choice.Bucket,
            IsBalanced = choice.IsBalanced,
            Source = frame.Length < EthernetHeader.Length ? null : MacAddress.Read(leaving.AsSpan(MacAddress.Length)),
            Note = BucketWords.Of(choice.Reason, frame),
        };
        return choice.Reason switch
        {
            BucketReason.FlowBucket => WithHash(found, BucketRule.Size, frame),
            BucketReason.Hash => WithHash(found, plan.Transmit.Length, frame),
            _ => found,
        };
    }

    private static ImmutableArray<FoundKey> KeysOf(HashPolicy policy, in FlowKeys keys, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.Length)
            return [new("frame", "shorter than an Ethernet header")];
        var found = ImmutableArray.CreateBuilder<FoundKey>();
        if (policy == HashPolicy.VlanSourceMac)
        {
            found.Add(new("tag", Invariant($"0x{keys.TagControl:x4} (VLAN {keys.TagControl & 0xfff}, priority {keys.TagControl >> 13})")));
            found.Add(new("source", keys.Source.ToString()));
            return found.ToImmutable();
        }
        found.Add(new("macs", $"{MacAddress.Read(frame[MacAddress.Length..])} > {MacAddress.Read(frame)}"));
        found.Add(new("type", Invariant($"0x{keys.EtherType:x4}")));
        if (!keys.IsUnderstood)
            found.Add(new("payload", "unknown protocol: hashed as layer2"));
        else if (keys.AddressLength != 0)
            found.Add(new("addresses", $"{AddressAt(frame, keys, 0)} > {AddressAt(frame, keys, 1)}"));
        if (keys.IsUnderstood && keys.Transport != TransportKey.None && UsesTransport(policy))
            found.Add(TransportOf(keys, frame));
        return found.ToImmutable();
    }

    private static FoundKey TransportOf(in FlowKeys keys, ReadOnlySpan<byte> frame)
    {
        var at = frame[keys.TransportOffset..];
        return keys.Transport switch
        {
            TransportKey.Ports => new("ports", Invariant($"{Words.ReadNetworkOrder(at, 0)} > {Words.ReadNetworkOrder(at, 2)}")),
            TransportKey.SecurityIndex => new("spi", "0x" + Convert.ToHexStringLower(at[..4])),
            _ => new("icmp", Invariant($"type {at[0]}, code {at[1]}, identifier {Words.ReadNetworkOrder(at, 4)}")),
        };
    }

    private static ImmutableArray<HashStep> StepsOf(HashPolicy policy, in FlowKeys keys, ReadOnlySpan<byte> frame)
    {
        var steps = ImmutableArray.CreateBuilder<HashStep>();
        if (policy == HashPolicy.VlanSourceMac)
        {
            var upper = (uint)(keys.Source.Value >> 24);
            steps.Add(new("tag", keys.TagControl));
            steps.Add(new("^ first half of the source address", keys.TagControl ^ upper));
            steps.Add(new("^ second half of the source address", keys.TagControl ^ upper ^ (uint)(keys.Source.Value & 0xff_ffff)));
            return steps.ToImmutable();
        }
        var transport = keys.IsUnderstood && UsesTransport(policy);
        var hash = transport ? keys.TransportWord : FlowHash.Ethernet(keys);
        steps.Add(new(transport ? FirstWord(keys.Transport) : "last bytes of both MAC addresses ^ type", hash));
        if (policy == HashPolicy.Layer2 || !keys.IsUnderstood)
            return steps.ToImmutable();
        if (keys.AddressLength != 0)
        {
            hash ^= Words.Fold(frame.Slice(keys.AddressOffset, keys.AddressLength));
            steps.Add(new("^ source address", hash));
            hash ^= Words.Fold(frame.Slice(keys.AddressOffset + keys.AddressLength, keys.AddressLength));
            steps.Add(new("^ destination address", hash));
        }
        hash ^= hash >> 16;
        steps.Add(new("^ itself >> 16", hash));
        hash ^= hash >> 8;
        steps.Add(new("^ itself >> 8", hash));
        if (transport)
            steps.Add(new(">> 1", hash >> 1));
        return steps.ToImmutable();
    }

    private static string FirstWord(TransportKey key) =>
        key switch
        {
            TransportKey.Ports => "ports",
            TransportKey.SecurityIndex => "security parameter index",
            TransportKey.IcmpIdentifier => "ICMP type, code and identifier",
            _ => "no ports",
        };

    private static bool UsesTransport(HashPolicy policy) => policy is HashPolicy.Layer34 or HashPolicy.Encap34;

    private static IPAddress AddressAt(ReadOnlySpan<byte> frame, in FlowKeys keys, int index) =>
        new(frame.Slice(keys.AddressOffset + index * keys.AddressLength, keys.AddressLength));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Explaining;

/// <summary>Says which member a frame takes and why, by the same code that routes it.</summary>
public static class FrameExplainer
{
    /// <summary>Explains a frame.</summary>
    /// <param name="mode">The bond's mode.</param>
    /// <param name="policy">What the hash is made of.</param>
    /// <param name="members">Members that can carry frames.</param>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="tag">How the outermost VLAN tag is treated.</param>
    public static Explanation Explain(
        BondMode mode,
        HashPolicy policy,
        int members,
        ReadOnlySpan<byte> frame,
        VlanTag tag = VlanTag.Stripped
    )
    {
        var explanation = new Explanation
        {
            Mode = mode,
            Policy = policy,
            Members = members,
            Note = NoteOf(mode, members),
        };
        if (!Hashes(mode))
            return explanation;
        var keys = FlowDissector.Read(policy, frame, tag);
        var hash = FlowHash.Compute(policy, keys);
        return explanation with
        {
            Keys = KeysOf(policy, keys, frame),
            Steps = StepsOf(policy, keys, frame),
            Hash = hash,
            Member = members > 0 ? (int)(hash % (uint)members) : null,
        };
    }

    /// <summary>Whether the mode picks members by the hash, at least as one of its ways.</summary>
    public static bool Hashes(BondMode mode) => mode is BondMode.BalanceXor or BondMode.Lacp or BondMode.BalanceTlb or BondMode.BalanceAlb;

    private static string? NoteOf(BondMode mode, int members) =>
        mode switch
        {
            _ when members == 0 => "no member can carry frames: the frame is dropped",
            BondMode.BalanceRoundRobin => "members take turns, whatever the frame is (IGMP: the first member that came up)",
            BondMode.ActiveBackup => "the active member carries every frame",
            BondMode.Broadcast => "every member carries a copy",
            BondMode.BalanceTlb or BondMode.BalanceAlb =>
                "holds with tlb_dynamic_lb 0 for frames that the mode balances; ARP and most frames to groups go to the active member",
            _ => null,
        };

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
            found.Add(new("payload", "not understood: hashed as layer2"));
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

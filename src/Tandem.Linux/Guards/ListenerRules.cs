using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Packets;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Guards;

/// <summary>
/// Rules of a member's guard that let frames pass to sockets bound to the member and an EtherType: LLDP, 802.1X, PTP, spanning tree.
/// Excluded are protocols that the host's own stack would accept from the member, and bulk traffic.
/// </summary>
internal static class ListenerRules
{
    // The same list as in bpf/listeners.h.
    private static readonly ImmutableArray<ushort> s_kept =
    [
        EtherType.Ip4,
        EtherType.Ip6,
        EtherType.Arp,
        EtherType.ReverseArp,
        EtherType.Vlan,
        EtherType.ServiceVlan,
        EtherType.Mpls,
        EtherType.MplsMulticast,
        EtherType.PppoeSession,
        EtherType.Ata,
        EtherType.Fcoe,
        EtherType.Tipc,
        EtherType.Macsec,
    ];

    /// <summary>Replaces the rules of a chain, as part of a batch.</summary>
    public static void Write(ref NetlinkWriter batch, uint sequence, string table, string chain)
    {
        batch.BeginMessage(Nf.NFT_MSG_DELRULE, Nl.NLM_F_REQUEST, sequence, Header());
        Name(ref batch, table, chain);
        batch.EndMessage();
        foreach (var type in s_kept)
        {
            var rule = Begin(ref batch, sequence, table, chain);
            MatchType(ref batch, type);
            Decide(ref batch, Nf.NF_DROP);
            End(ref batch, rule);
        }
        var last = Begin(ref batch, sequence, table, chain);
        Decide(ref batch, Nf.NF_ACCEPT);
        End(ref batch, last);
    }

    private static NfGenMsg Header() => new() { Family = Nf.NFPROTO_NETDEV };

    private static void Name(ref NetlinkWriter batch, string table, string chain)
    {
        batch.AttributeString(Nf.NFTA_RULE_TABLE, table);
        batch.AttributeString(Nf.NFTA_RULE_CHAIN, chain);
    }

    private static int Begin(ref NetlinkWriter batch, uint sequence, string table, string chain)
    {
        batch.BeginMessage(Nf.NFT_MSG_NEWRULE, Nl.NLM_F_REQUEST | Nl.NLM_F_CREATE | Nl.NLM_F_APPEND, sequence, Header());
        Name(ref batch, table, chain);
        return batch.BeginNested(Nf.NFTA_RULE_EXPRESSIONS);
    }

    private static void End(ref NetlinkWriter batch, int expressions)
    {
        batch.EndNested(expressions);
        batch.EndMessage();
    }

    // Matches the EtherType in the frame itself: for a tag in the metadata, the kernel would match the tag's type.
    private static void MatchType(ref NetlinkWriter batch, ushort type)
    {
        const uint TypeOffset = 12;
        var data = BeginExpression(ref batch, "payload", out var expression);
        batch.AttributeBigEndian(Nf.NFTA_PAYLOAD_DREG, Nf.NFT_REG_1);
        batch.AttributeBigEndian(Nf.NFTA_PAYLOAD_BASE, Nf.NFT_PAYLOAD_LL_HEADER);
        batch.AttributeBigEndian(Nf.NFTA_PAYLOAD_OFFSET, TypeOffset);
        batch.AttributeBigEndian(Nf.NFTA_PAYLOAD_LEN, sizeof(ushort));
        EndExpression(ref batch, data, expression);

        data = BeginExpression(ref batch, "cmp", out expression);
        batch.AttributeBigEndian(Nf.NFTA_CMP_SREG, Nf.NFT_REG_1);
        batch.AttributeBigEndian(Nf.NFTA_CMP_OP, Nf.NFT_CMP_EQ);
        var value = batch.BeginNested(Nf.NFTA_CMP_DATA);
        batch.Attribute(Nf.NFTA_DATA_VALUE, BinaryPrimitives.ReverseEndianness(type));
        batch.EndNested(value);
        EndExpression(ref batch, data, expression);
    }

    private static void Decide(ref NetlinkWriter batch, uint code)
    {
        var data = BeginExpression(ref batch, "immediate", out var expression);
        batch.AttributeBigEndian(Nf.NFTA_IMMEDIATE_DREG, Nf.NFT_REG_VERDICT);
        var value = batch.BeginNested(Nf.NFTA_IMMEDIATE_DATA);
        var verdict = batch.BeginNested(Nf.NFTA_DATA_VERDICT);
        batch.AttributeBigEndian(Nf.NFTA_VERDICT_CODE, code);
        batch.EndNested(verdict);
        batch.EndNested(value);
        EndExpression(ref batch, data, expression);
    }

    private static int BeginExpression(ref NetlinkWriter batch, string name, out int expression)
    {
        expression = batch.BeginNested(Nf.NFTA_LIST_ELEM);
        batch.AttributeString(Nf.NFTA_EXPR_NAME, name);
        return batch.BeginNested(Nf.NFTA_EXPR_DATA);
    }

    private static void EndExpression(ref NetlinkWriter batch, int data, int expression)
    {
        batch.EndNested(data);
        batch.EndNested(expression);
    }
}

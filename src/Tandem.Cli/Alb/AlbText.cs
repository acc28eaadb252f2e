using System.Globalization;
using System.Text;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Alb;

/// <summary>Tables of a bond's members, of its peers, and of moved buckets.</summary>
internal static class AlbText
{
    /// <summary>Formats a bond in mode balance-alb or balance-tlb.</summary>
    public static string Format(BondResource bond)
    {
        var balancing = bond.Balancing!;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{bond.Name}: {bond.Options["mode"]}, active member {bond.ActiveMember ?? "none"}, ");
        text.Append(balancing.IsDynamic ? "sent traffic is balanced by measured load\n" : "sent traffic is balanced by hash\n");
        if (balancing.IsDynamic)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{TextTable.Gap}in no bucket: {balancing.UnbalancedBytesPerSecond} bytes/s, carried by the active member\n"
            );
        text.Append('\n');
        var members = bond.Members.Where(member => member.Balancing is not null).Select(member => Cells(member, balancing.IsDynamic));
        TextTable.Append(text, balancing.IsDynamic ? ["member", "sends from", "buckets", "bytes/s"] : ["member", "sends from"], members);
        if (balancing.Peers is { } peers)
        {
            text.Append('\n');
            if (peers.Count == 0)
                text.Append("no peers: no ARP exchange with the bond yet\n");
            else
                TextTable.Append(text, ["peer", "talks to", "told", "member", "since", "why"], peers.Select(Cells));
        }
        if (balancing.Moves.Count > 0)
            AppendMoves(text, balancing.Moves);
        return text.ToString();
    }

    private static void AppendMoves(StringBuilder text, IReadOnlyList<BucketMoveResource> moves)
    {
        text.Append("\nlast moves of buckets\n");
        foreach (var move in moves)
        {
            var what = move.Buckets.Count == 1 ? $"bucket {Text(move.Buckets[0])}" : $"{Text(move.Buckets.Count)} buckets";
            var from = move.From is { } left ? $"{left} -> " : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{TextTable.Gap}{Time(move.Time)} {what}, {Text(move.BytesPerSecond)} bytes/s: {from}{move.To}: {move.Reason}\n"
            );
        }
    }

    private static string[] Cells(MemberResource member, bool isDynamic)
    {
        var share = member.Balancing!;
        return isDynamic ? [member.Name, share.Address, Text(share.Buckets), Text(share.BytesPerSecond)] : [member.Name, share.Address];
    }

    private static string[] Cells(PeerResource peer) =>
        [
            peer.Vlan is { } vlan ? string.Create(CultureInfo.InvariantCulture, $"{peer.Address} in VLAN {vlan}") : peer.Address,
            peer.Server,
            peer.Told ?? "-",
            peer.Member ?? "-",
            Time(peer.Since),
            peer.Reason,
        ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

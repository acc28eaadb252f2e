using System.Buffers.Binary;
using System.Net;
using Tandem.Api;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;

namespace Tandem.Daemon.Bonds;

/// <summary>Describes the state of balance-tlb and balance-alb.</summary>
internal static class BalancingResources
{
    /// <summary>A bond; null in other modes.</summary>
    public static BalancingResource? Of(Bond bond, Func<long, DateTimeOffset> utcOf)
    {
        if (bond.Balancing is not { } state)
            return null;
        var told = bond.Members.ToDictionary(member => member, member => bond.ShareOf(member)!.Address.ToString());
        return new BalancingResource
        {
            IsDynamic = state.IsDynamic,
            UnbalancedBytesPerSecond = (long)state.UnbalancedLoad,
            Moves =
            [
                .. state.Moves.Select(move => new BucketMoveResource(
                    utcOf(move.Time),
                    move.Buckets,
                    move.From,
                    move.To,
                    (long)move.BytesPerSecond,
                    move.Reason
                )),
            ],
            Peers = state.Peers is { } peers
                ? [.. peers.OrderBy(peer => (peer.Address, peer.Server)).Select(peer => Of(peer, told, utcOf))]
                : null,
        };
    }

    /// <summary>A member; null in other modes.</summary>
    public static MemberBalancingResource? Of(Bond bond, Member member) =>
        bond.ShareOf(member) is { } share ? new(share.Address.ToString(), share.Buckets, (long)share.Load) : null;

    private static PeerResource Of(Peer peer, Dictionary<Member, string> told, Func<long, DateTimeOffset> utcOf) =>
        new()
        {
            Address = Text(peer.Address),
            Server = Text(peer.Server),
            Vlan = peer.Tag?.VlanId,
            Station = peer.Station.ToString(),
            Told = peer.Member is { } member ? told.GetValueOrDefault(member) : null,
            Member = peer.Member?.Name,
            Since = utcOf(peer.Since),
            Reason = peer.Reason,
        };

    private static string Text(uint address) => new IPAddress(BinaryPrimitives.ReverseEndianness(address)).ToString();
}

using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>State of balance-tlb or balance-alb at one moment. Read it on the bond's thread, before anything else is asked of the
/// bond.</summary>
/// <param name="IsDynamic">Whether sent traffic is balanced by measured load (tlb_dynamic_lb).</param>
/// <param name="UnbalancedLoad">Last measured load of sent traffic that is in no bucket, in bytes/s.</param>
/// <param name="Moves">The last moves of buckets, oldest first.</param>
/// <param name="Peers">The IPv4 peers; null in balance-tlb.</param>
public sealed record BalancingState(bool IsDynamic, double UnbalancedLoad, IEnumerable<BucketMove> Moves, IReadOnlyCollection<Peer>? Peers);

/// <summary>A member's share in the balancing.</summary>
/// <param name="Address">The source address of the member's frames.</param>
/// <param name="Buckets">Number of buckets that the member carries.</param>
/// <param name="Load">Their last measured load, in bytes/s.</param>
public sealed record BalancingShare(MacAddress Address, int Buckets, double Load);

/// <summary>Balancing of a bond in mode balance-tlb or balance-alb.</summary>
public static class BalancingOfBond
{
    extension(Bond bond)
    {
        /// <summary>State of the balancing; null in other modes.</summary>
        public BalancingState? Balancing =>
            bond.Mode is BalancingMode mode
                ? new BalancingState(
                    mode.IsDynamic,
                    mode.IsDynamic ? mode.Loads.LoadOf(BucketRule.Size) : 0,
                    mode.Loads.Moves,
                    (mode as AlbMode)?.Peers.Peers
                )
                : null;

        /// <summary>State of the bond for the next service; null in modes other than balance-alb.</summary>
        public PeersMemory? PeersMemory => (bond.Mode as AlbMode)?.Memory;

        /// <summary>State of a member for the next service; null in modes other than balance-tlb and balance-alb.</summary>
        public ShareMemory? ShareMemoryOf(Member member) => (bond.Mode as BalancingMode)?.MemoryOf(member);

        /// <summary>
        /// Restores the peers that the previous service knew. Call it between <see cref="Bond.Restore"/> and the first member. No effect
        /// in other modes than balance-alb.
        /// </summary>
        public void RestorePeers(PeersMemory memory, long now) => (bond.Mode as AlbMode)?.Restore(memory, now);

        /// <summary>A member's share; null in modes other than balance-tlb and balance-alb.</summary>
        public BalancingShare? ShareOf(Member member)
        {
            if (bond.Mode is not BalancingMode mode)
                return null;
            var (buckets, load) = (0, 0.0);
            for (var bucket = 0; mode.IsDynamic && bucket < BucketRule.Size; bucket++)
            {
                if (mode.Loads[bucket] != member)
                    continue;
                buckets++;
                load += mode.Loads.LoadOf(bucket);
            }
            return new BalancingShare(mode.Addresses[member], buckets, load);
        }
    }
}

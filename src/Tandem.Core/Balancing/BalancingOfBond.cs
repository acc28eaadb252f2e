using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>What balance-tlb or balance-alb does at one moment. To be read on the bond's thread, before anything else is asked of the bond.</summary>
/// <param name="IsDynamic">Whether what is sent is balanced by its load (tlb_dynamic_lb).</param>
/// <param name="UnbalancedLoad">What was last measured of what is in no bucket, in bytes a second.</param>
/// <param name="Moves">The latest moves of buckets, the oldest first.</param>
/// <param name="Peers">The IPv4 peers; null in balance-tlb.</param>
public sealed record BalancingState(bool IsDynamic, double UnbalancedLoad, IEnumerable<BucketMove> Moves, IReadOnlyCollection<Peer>? Peers);

/// <summary>The part of one member in it.</summary>
/// <param name="Address">The address with which it sends.</param>
/// <param name="Buckets">How many buckets it carries.</param>
/// <param name="Load">What was last measured of them, in bytes a second.</param>
public sealed record BalancingShare(MacAddress Address, int Buckets, double Load);

/// <summary>Balancing of a bond, where the bond's mode is balance-tlb or balance-alb.</summary>
public static class BalancingOfBond
{
    extension(Bond bond)
    {
        /// <summary>What the mode does; null in other modes.</summary>
        public BalancingState? Balancing =>
            bond.Mode is BalancingMode mode
                ? new BalancingState(
                    mode.IsDynamic,
                    mode.IsDynamic ? mode.Loads.LoadOf(BucketRule.Size) : 0,
                    mode.Loads.Moves,
                    (mode as AlbMode)?.Peers.Peers
                )
                : null;

        /// <summary>What the next process has to know of the bond; null in modes other than balance-alb.</summary>
        public PeersMemory? PeersMemory => (bond.Mode as AlbMode)?.Memory;

        /// <summary>What the next process has to know of a member of the bond; null in modes other than balance-tlb and balance-alb.</summary>
        public ShareMemory? ShareMemoryOf(Member member) => (bond.Mode as BalancingMode)?.MemoryOf(member);

        /// <summary>
        /// Takes in what an earlier process knew of the bond's peers. Called between <see cref="Bond.Restore"/> and the first member; in other
        /// modes nothing happens.
        /// </summary>
        public void RestorePeers(PeersMemory memory, long now) => (bond.Mode as AlbMode)?.Restore(memory, now);

        /// <summary>The part of a member of the bond; null in other modes.</summary>
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

using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// State of a member in balance-tlb or balance-alb that a service hands to the next one, so that flows and peers stay with their member.
/// </summary>
/// <param name="Address">The source address of the member's frames.</param>
/// <param name="IsUsable">Whether the member could carry frames. A member that could not, and now can, gets a share of the
/// buckets.</param>
/// <param name="Sends">The buckets of sent traffic that the member carries.</param>
/// <param name="Receives">The buckets whose peers were given the member's address; empty in balance-tlb.</param>
public sealed record ShareMemory(MacAddress Address, bool IsUsable, ImmutableArray<byte> Sends, ImmutableArray<byte> Receives)
    : MemberMemory;

/// <summary>State of a balance-alb bond that a service hands to the next one, beside that of the members.</summary>
public sealed record PeersMemory
{
    /// <summary>The IPv4 peers.</summary>
    public ImmutableArray<PeerMemory> Peers { get; init; } = [];

    /// <summary>Addresses with which members carried frames. Peers may still send to them, even if the member is gone by now.</summary>
    public ImmutableArray<MacAddress> Carried { get; init; } = [];

    /// <summary>Addresses of lost members, for which the active member takes frames.</summary>
    public ImmutableArray<MacAddress> StandingIn { get; init; } = [];

    /// <summary>When the active member stops taking them, in monotonic ns.</summary>
    public long StandInEnds { get; init; } = Clock.Never;

    /// <summary>The last value read of <see cref="IBondHost.ToldAll"/>. A higher one means that a broadcast ARP request gave all peers
    /// the same address.</summary>
    public ulong ToldAll { get; init; }
}

/// <summary>State of a peer. Its member is the one that has its bucket.</summary>
/// <param name="Address">The peer's IPv4 address.</param>
/// <param name="Server">The host's IPv4 address that the peer talks to.</param>
/// <param name="Tag">The peer's VLAN tag; null for none.</param>
/// <param name="Station">The peer's MAC address.</param>
/// <param name="Since">When the peer got its member, in monotonic ns.</param>
/// <param name="Reason">Why the peer got its member, as text.</param>
/// <param name="TellingsLeft">How many more ARP updates the peer gets.</param>
public sealed record PeerMemory(uint Address, uint Server, FrameTag? Tag, MacAddress Station, long Since, string Reason, int TellingsLeft);

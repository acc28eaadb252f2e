using System.Collections.Immutable;
using Tandem.Core.Modes;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// What balance-tlb and balance-alb keep of a member over the end of a process, so that flows and peers stay with the member that they have.
/// </summary>
/// <param name="Address">The address with which it sends.</param>
/// <param name="IsUsable">Whether it could carry frames. If it could not and now can, it gets a share.</param>
/// <param name="Sends">The buckets of sent traffic that it carries.</param>
/// <param name="Receives">The buckets whose peers were told its address; none in balance-tlb.</param>
public sealed record ShareMemory(MacAddress Address, bool IsUsable, ImmutableArray<byte> Sends, ImmutableArray<byte> Receives)
    : MemberMemory;

/// <summary>What balance-alb keeps of the bond over the end of a process, beside the members' shares.</summary>
public sealed record PeersMemory
{
    /// <summary>The peers.</summary>
    public ImmutableArray<PeerMemory> Peers { get; init; } = [];

    /// <summary>The addresses with which members carried frames. Peers may still send to them, also if their member is gone now.</summary>
    public ImmutableArray<MacAddress> Carried { get; init; } = [];

    /// <summary>Addresses of lost members, for which the active member takes frames.</summary>
    public ImmutableArray<MacAddress> StandingIn { get; init; } = [];

    /// <summary>When that ends (monotonic ns).</summary>
    public long StandInEnds { get; init; } = Clock.Never;

    /// <summary><see cref="IBondHost.ToldAll"/> when it was last looked at: if there are more now, all peers were told one address meanwhile.</summary>
    public ulong ToldAll { get; init; }
}

/// <summary>What is kept of a peer. Its member is the one that has its bucket.</summary>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Server">The host's IPv4 address with which it speaks.</param>
/// <param name="Tag">The VLAN in which it speaks; null for none.</param>
/// <param name="Station">Its MAC address.</param>
/// <param name="Since">Since when it has its member (monotonic ns).</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="TellingsLeft">How often it is still to be told.</param>
public sealed record PeerMemory(uint Address, uint Server, FrameTag? Tag, MacAddress Station, long Since, string Reason, int TellingsLeft);

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Daemon.State;

/// <summary>State of a member in balance-tlb or balance-alb, for the next service.</summary>
/// <param name="Address">The MAC address with which it transmits.</param>
/// <param name="IsUsable">Whether it could carry frames.</param>
/// <param name="Sends">The buckets of transmitted traffic assigned to it: one bit each, as hexadecimal digits; bucket 0 is the lowest bit
/// of the first octet.</param>
/// <param name="Receives">The buckets whose peers were told its address, in the same format.</param>
internal sealed record ShareState(MacAddress Address, bool IsUsable, string Sends, string Receives)
{
    public static ShareState? Of(ShareMemory? memory) =>
        memory is { } share ? new ShareState(share.Address, share.IsUsable, Text(share.Sends), Text(share.Receives)) : null;

    public ShareMemory ToMemory() => new(Address, IsUsable, Buckets(Sends), Buckets(Receives));

    private static string Text(ImmutableArray<byte> buckets)
    {
        Span<byte> bits = stackalloc byte[BucketRule.Size / 8];
        foreach (var bucket in buckets)
            bits[bucket / 8] |= (byte)(1 << bucket % 8);
        return Convert.ToHexString(bits);
    }

    // Unreadable buckets are distributed anew.
    private static ImmutableArray<byte> Buckets(string text)
    {
        var bits = new byte[BucketRule.Size / 8];
        Convert.FromHexString(text, bits, out _, out _);
        return
        [
            .. Enumerable
                .Range(0, BucketRule.Size)
                .Where(bucket => (bits[bucket / 8] >> bucket % 8 & 1) != 0)
                .Select(bucket => (byte)bucket),
        ];
    }
}

/// <summary>State of the peers of a bond in balance-alb, for the next service.</summary>
internal sealed record PeersState
{
    /// <summary>The peers.</summary>
    public IReadOnlyList<PeerState> Peers { get; init; } = [];

    /// <summary>The MAC addresses with which members carried frames.</summary>
    public IReadOnlyList<MacAddress> Carried { get; init; } = [];

    /// <summary>MAC addresses of lost members, for which the active member receives frames.</summary>
    public IReadOnlyList<MacAddress> StandingIn { get; init; } = [];

    /// <summary>When that ends (monotonic ns).</summary>
    public long StandInEnds { get; init; } = Clock.Never;

    /// <summary>ARP requests of the host that told all peers one address, as far as the peers were corrected since.</summary>
    public ulong ToldAll { get; init; }

    /// <summary>Whether no part is missing. The JSON reader does not check the elements of lists.</summary>
    public bool IsWhole => Peers is not null && !Peers.Contains(null!) && Carried is not null && StandingIn is not null;

    public static PeersState? Of(PeersMemory? memory) =>
        memory is { } known
            ? new PeersState
            {
                Peers = [.. known.Peers.Select(PeerState.Of)],
                Carried = known.Carried,
                StandingIn = known.StandingIn,
                StandInEnds = known.StandInEnds,
                ToldAll = known.ToldAll,
            }
            : null;

    public PeersMemory ToMemory() =>
        new()
        {
            Peers = [.. Peers.Select(peer => peer.ToMemory()).OfType<PeerMemory>()],
            Carried = [.. Carried],
            StandingIn = [.. StandingIn],
            StandInEnds = StandInEnds,
            ToldAll = ToldAll,
        };
}

/// <summary>State of a peer, for the next service.</summary>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Server">The host's IPv4 address with which it communicates.</param>
/// <param name="Station">Its MAC address.</param>
/// <param name="Since">When it got its member: monotonic ns, valid for this boot.</param>
/// <param name="Reason">Why it got its member.</param>
/// <param name="Vlan">The VLAN ID of its frames; null for none.</param>
/// <param name="VlanProtocol">The EtherType of the VLAN's tag.</param>
/// <param name="TellingsLeft">How many ARP replies to it are still due; null for none.</param>
internal sealed record PeerState(
    string Address,
    string Server,
    MacAddress Station,
    long Since,
    string Reason,
    ushort? Vlan = null,
    ushort? VlanProtocol = null,
    int? TellingsLeft = null
)
{
    public static PeerState Of(PeerMemory peer) =>
        new(
            Text(peer.Address),
            Text(peer.Server),
            peer.Station,
            peer.Since,
            peer.Reason,
            peer.Tag?.VlanId,
            peer.Tag?.Protocol,
            peer.TellingsLeft > 0 ? peer.TellingsLeft : null
        );

    /// <summary>The peer; null if one of the addresses is invalid.</summary>
    public PeerMemory? ToMemory() =>
        Read(Address) is { } address && Read(Server) is { } server
            ? new PeerMemory(
                address,
                server,
                Vlan is { } vlan ? new FrameTag(VlanProtocol ?? EtherType.Vlan, vlan) : null,
                Station,
                Since,
                Reason,
                TellingsLeft ?? 0
            )
            : null;

    private static string Text(uint address) => new IPAddress(BinaryPrimitives.ReverseEndianness(address)).ToString();

    private static uint? Read(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : null;
}

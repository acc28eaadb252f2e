using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Modes;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// balance-alb: as balance-tlb, and what IPv4 peers send is balanced as well, by telling each of them in ARP the address of another member. Each
/// interface has an address of its own; the active member's is the bond's.
/// </summary>
internal sealed class AlbMode(Bond bond) : BalancingMode(bond)
{
    // How often requests of the host to all others are looked for.
    private const long LookInterval = 100 * Clock.Millisecond;

    private readonly StandIn _standIn = new(bond.Host);
    private readonly Dictionary<Member, MacAddress> _carrying = [];
    private readonly List<MacAddress> _orphans = [];
    private readonly HashSet<Member> _refused = [];
    private IpAddressSet _servers = IpAddressSet.Empty;
    private ulong _toldAll;
    private long _nextLook;

    /// <inheritdoc/>
    public override bool SharesAddress => false;

    /// <summary>The peers.</summary>
    public PeerTable Peers { get; } = new();

    /// <inheritdoc/>
    public override long NextDeadline =>
        Math.Min(Math.Min(base.NextDeadline, Math.Min(Peers.NextDeadline, _standIn.Ends)), Peers.Peers.Count > 0 ? _nextLook : Clock.Never);

    /// <inheritdoc/>
    protected override bool TeachesSwitches => true;

    /// <inheritdoc/>
    protected override ControlFrameKinds Hears => ControlFrameKinds.Arp;

    /// <inheritdoc/>
    public override void Joined(Member member, MemberMemory? memory, long now) => Addresses.Join(member, member.Address);

    /// <inheritdoc/>
    public override void Left(Member member)
    {
        base.Left(member);
        _refused.Remove(member);
        _standIn.Left(member);
    }

    /// <inheritdoc/>
    public override void ActiveChanges(Member? next)
    {
        base.ActiveChanges(next);
        _refused.Clear();
    }

    /// <inheritdoc/>
    public override bool Receive(Member member, ReadOnlySpan<byte> frame, long now)
    {
        if (
            !EthernetHeader.TryRead(frame, readTag: true, out var header)
            || header.Type != EtherType.Arp
            || !ArpPacket.TryRead(frame[header.PayloadOffset..], out var arp)
        )
            return false;
        if (!arp.SenderMac.IsValidUnicast || arp.SenderIp == 0 || arp.SenderIp == arp.TargetIp || IsOurs(arp.SenderMac))
            return false;
        if (IsServer(arp.SenderIp))
        {
            Peers.Conflict(arp.SenderIp);
            return false;
        }
        if (!IsServer(arp.TargetIp))
            return false;
        FrameTag? tag = header.IsTagged
            ? new FrameTag(BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * MacAddress.Length)..]), (ushort)(header.TagControl & 0xfff))
            : null;
        Peers.Learn(arp, tag, now);
        return true;
    }

    /// <inheritdoc/>
    public override void LetTimePass(long now)
    {
        base.LetTimePass(now);
        _standIn.LetTimePass(now);
        if (now < _nextLook)
            return;
        _nextLook = now + LookInterval;
        var told = Bond.Host.ToldAll;
        if (told != _toldAll)
            Peers.Correct(now);
        _toldAll = told;
    }

    /// <inheritdoc/>
    public override void Settle(long now)
    {
        base.Settle(now);
        if (!ReferenceEquals(_servers, Bond.Stack.OwnAddresses))
        {
            _servers = Bond.Stack.OwnAddresses;
            Peers.KeepServers(_servers);
        }
        Peers.Settle(Usable, now);
        foreach (var (member, address) in _carrying.Where(entry => !Usable.Contains(entry.Key)).ToList())
        {
            _carrying.Remove(member);
            _orphans.Add(address);
            _standIn.Add(address, now);
        }
    }

    /// <inheritdoc/>
    public override void PlanIsOut(long now)
    {
        GiveAddresses(now);
        foreach (var member in Usable)
        {
            _carrying[member] = Addresses[member];
            _standIn.Remove(Addresses[member]);
        }
        StandInForLost();
        if (Bond.IsUp)
            Peers.Tell(Bond.Host, Addresses, now);
    }

    /// <inheritdoc/>
    protected override BucketRule Refine(BucketRule rule, ImmutableArray<Member> members) =>
        rule with
        {
            Peers = Table(members, bucket => Peers[bucket]),
            DeliverToStation = AllSlots,
            Stations =
            [
                .. Addresses
                    .All.Union(_standIn.Addresses)
                    .Where(address => address != Bond.Address)
                    .OrderBy(address => address.Value)
                    .Take(ForwardingPlan.MaxMembers),
            ],
        };

    // What is still sent to the address of a member that cannot carry frames comes by the active member, until its peers know better.
    private void StandInForLost()
    {
        var active = Bond.Active is { CanTransmit: true } usable ? usable : null;
        IEnumerable<MacAddress> news = _standIn.Choose(active) ? _standIn.Addresses : _orphans;
        if (active is not null && Bond.IsUp)
        {
            foreach (var address in news.Where(address => _standIn.Addresses.Contains(address)))
                Teach(active, address);
        }
        _orphans.Clear();
    }

    // The interfaces get the addresses by which the plan already sends. One that refuses is asked again when another is active.
    private void GiveAddresses(long now)
    {
        foreach (var member in Bond.Members)
        {
            if (member.Address == Addresses[member] || _refused.Contains(member))
                continue;
            Bond.GiveAddress(member, Addresses[member], now);
            if (member.Address != Addresses[member])
                _refused.Add(member);
            else
                Peers.AddressChanged(member, now);
        }
    }

    private bool IsOurs(MacAddress station) => station == Bond.Address || Addresses.Has(station);

    private bool IsServer(uint address)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, address);
        return _servers.Contains(octets);
    }
}

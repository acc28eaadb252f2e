using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// balance-alb: balance-tlb that also balances the traffic of IPv4 peers. ARP replies give each peer the address of one member to send
/// to. Each member has an address of its own; the active member has the bond's.
/// </summary>
internal sealed class AlbMode(Bond bond) : BalancingMode(bond)
{
    // How often the host's broadcast ARP requests are looked for.
    private const long LookInterval = 100 * Clock.Millisecond;

    private readonly StandIn _standIn = new(bond);
    private readonly HashSet<Member> _refused = [];
    private IpAddressSet _servers = IpAddressSet.Empty;
    private ImmutableHashSet<MacAddress> _carried = [];
    private long _generation = -1;
    private ulong _toldAll;
    private long _version;
    private long _nextLook;

    /// <inheritdoc/>
    public override bool SharesAddress => false;

    /// <summary>The IPv4 peers.</summary>
    public PeerTable Peers { get; } = new();

    /// <inheritdoc/>
    public override long NextDeadline =>
        Math.Min(
            Math.Min(base.NextDeadline, _standIn.Ends),
            Bond.IsUp ? Math.Min(Peers.NextDeadline, Peers.Peers.Count > 0 ? _nextLook : Clock.Never) : Clock.Never
        );

    /// <inheritdoc/>
    public override long MemoryVersion => Peers.Version + _version;

    /// <summary>State of the bond for the next service; the members' state is in <see cref="MemoryOf"/>.</summary>
    public PeersMemory Memory =>
        new()
        {
            Peers = Peers.Memory,
            Carried = [.. _carried],
            StandingIn = [.. _standIn.Addresses],
            StandInEnds = _standIn.Ends,
            ToldAll = _toldAll,
        };

    /// <inheritdoc/>
    protected override bool TeachesSwitches => true;

    /// <inheritdoc/>
    protected override ControlFrameKinds Hears => ControlFrameKinds.Arp;

    /// <summary>Takes over the state of the previous service. Call it before the members are restored.</summary>
    public void Restore(PeersMemory memory, long now)
    {
        Peers.Restore(memory.Peers, now);
        _carried = [.. memory.Carried.Take(ForwardingPlan.MaxMembers)];
        _standIn.Restore(memory.StandingIn.Take(ForwardingPlan.MaxMembers), memory.StandInEnds, now);
        _toldAll = memory.ToldAll;
    }

    /// <inheritdoc/>
    public override ShareMemory MemoryOf(Member member) => base.MemoryOf(member) with { Receives = Peers.BucketsOf(member) };

    /// <inheritdoc/>
    public override void Left(Member member)
    {
        base.Left(member);
        _refused.Remove(member);
        _standIn.Left(member);
        // Another member may get this member's address, even if no member carries frames and the plan stays the same.
        _generation = -1;
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
        return Peers.Learn(arp, tag, now);
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
        if (told == _toldAll)
            return;
        // A lower count comes from a new data path, which counts from zero.
        if (told > _toldAll)
            Peers.Correct(now);
        _toldAll = told;
        _version++;
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
    }

    /// <inheritdoc/>
    public override void PlanIsOut(long now)
    {
        if (Bond.IsRestoring)
            return;
        if (Bond.Plan.Generation != _generation)
        {
            _generation = Bond.Plan.Generation;
            GiveAddresses(now);
            if (Bond.IsUp)
                StandInForLost(now);
        }
        if (Bond.IsUp)
            Peers.Tell(Bond.Host, Addresses, now);
    }

    /// <inheritdoc/>
    public override void Stop(long now)
    {
        _carried = [];
        _standIn.End();
    }

    /// <inheritdoc/>
    protected override MacAddress OwnAddressOf(Member member) => member.Address;

    /// <inheritdoc/>
    protected override void Restore(Member member, ShareMemory memory)
    {
        base.Restore(member, memory);
        Peers.Restore(member, memory.Receives, memory.IsUsable);
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
                    .Union(_carried)
                    .Where(address => address != Bond.Address)
                    .OrderBy(address => address.Value)
                    .Take(ForwardingPlan.MaxMembers),
            ],
        };

    // Peers may still send to an address that no member uses any more, because the member lost its link or got another address. The
    // active member takes these frames until the peers know the new address.
    private void StandInForLost(long now)
    {
        var present = Usable.Select(member => Addresses[member]).ToImmutableHashSet();
        var lost = _carried.Except(present);
        _carried = present;
        foreach (var address in present)
            _standIn.Remove(address);
        foreach (var address in lost)
            _standIn.Add(address, now);
        var active = Bond.Active is { CanTransmit: true } usable ? usable : null;
        var news = _standIn.Choose(active) ? _standIn.Addresses : lost;
        foreach (var address in active is null ? [] : news)
            Teach(active!, address);
    }

    // Gives the interfaces the addresses that the plan already sends with. An interface that refuses is asked again when the active
    // member changes; until then no other interface gets the address that it keeps.
    private void GiveAddresses(long now)
    {
        var given = new List<(Member Member, MacAddress Before)>();
        foreach (var member in Bond.Members)
        {
            var before = member.Address;
            if (before == Addresses[member] || _refused.Contains(member))
                continue;
            // mayGoDown is false: if a failover took links down to change addresses, the next members would fail over too.
            if (Bond.GiveAddress(member, Addresses[member], now, mayGoDown: false))
                given.Add((member, before));
            else
                _refused.Add(member);
        }
        foreach (var (member, before) in given)
        {
            if (_refused.Any(other => other.Address == member.Address))
            {
                _refused.Add(member);
                Bond.GiveAddress(member, before, now, mayGoDown: false);
            }
            else
            {
                Peers.AddressChanged(member, now);
            }
        }
    }

    // Includes addresses used before a change: frames sent with them may come back only now.
    private bool IsOurs(MacAddress station) =>
        station == Bond.Address || Addresses.Has(station) || _carried.Contains(station) || _standIn.Addresses.Contains(station);

    private bool IsServer(uint address)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, address);
        return _servers.Contains(octets);
    }
}

using System.Collections.Immutable;
using System.Net;
using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>A target of probes.</summary>
/// <param name="number">The target's number.</param>
/// <param name="address">The target's IP address.</param>
internal sealed class ProbeTarget(int number, IPAddress address)
{
    /// <summary>The target's number.</summary>
    public int Number { get; } = number;

    /// <summary>The target's IP address.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>The address as octets in network order.</summary>
    public byte[] Octets { get; } = address.GetAddressBytes();

    /// <summary>The path to the target; null until it is known.</summary>
    public ProbeWay? Way { get; set; }

    /// <summary>The source address of probes.</summary>
    public byte[] Source { get; set; } = [];

    /// <summary>Whether the target is probed by ARP.</summary>
    public bool IsIp4 => Octets.Length == Ip4Header.AddressLength;

    /// <summary>Whether the target can be probed through the bond.</summary>
    public bool IsProbed => Way is { Route: not ProbeRoute.Elsewhere };

    /// <summary>Whether answers can be validated, since they name the host's address.</summary>
    public bool CanAnswer => Way is { Route: ProbeRoute.ByBond } && Source.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>The MAC address that last answered for the target; zero if none has.</summary>
    public MacAddress Station { get; set; }

    /// <summary>Since when no route through the bond leads to the target, in the time of <see cref="ProbeClock"/>.</summary>
    public long LostSince { get; set; } = ProbeEvidence.Never;

    /// <summary>Whether the missing route was reported.</summary>
    public bool IsToldLost { get; set; }
}

/// <summary>Targets of a bond's probes, IPv4 before IPv6, at most 16 of each.</summary>
internal sealed class ProbeTargets
{
    private readonly ProbeTarget[] _all;

    /// <summary>Creates targets whose paths are not known yet.</summary>
    public ProbeTargets(ImmutableArray<IPAddress> ip4, ImmutableArray<IPAddress> ip6) =>
        _all = [.. ip4.Concat(ip6).Select((address, number) => new ProbeTarget(number, address))];

    /// <summary>All targets.</summary>
    public ReadOnlySpan<ProbeTarget> All => _all;

    /// <summary>Whether it was reported that one station answers for two targets.</summary>
    public bool IsToldOfTwins { get; set; }

    /// <summary>The targets' addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses => [.. _all.Select(target => target.Address)];

    /// <summary>Whether the paths of all targets are known.</summary>
    public bool AreKnown => Array.TrueForAll(_all, target => target.Way is not null);

    /// <summary>Whether any target can be probed through the bond.</summary>
    public bool AnyProbed => Array.Exists(_all, target => target.IsProbed);

    /// <summary>Whether the answers of any target can be validated.</summary>
    public bool AnyCanAnswer => Array.Exists(_all, target => target.CanAnswer);

    /// <summary>Updates the paths that are known; the others stay.</summary>
    public void TakeWays(ImmutableArray<ProbeWay> ways)
    {
        foreach (var target in _all)
        {
            foreach (var way in ways)
            {
                if (way.Target.Equals(target.Address))
                    (target.Way, target.Source) = (way, way.Source.GetAddressBytes());
            }
        }
    }

    /// <summary>Another target for which the same station answers; null if there is none.</summary>
    public ProbeTarget? TwinOf(ProbeTarget other) =>
        Array.Find(_all, target => target != other && target.Station == other.Station && target.IsIp4 == other.IsIp4);

    /// <summary>The number of the target with this address; -1 if there is none.</summary>
    public int Find(ReadOnlySpan<byte> address)
    {
        foreach (var target in _all)
        {
            if (address.SequenceEqual(target.Octets))
                return target.Number;
        }
        return -1;
    }

    /// <summary>As <see cref="Find"/>, but also accepts the solicited-node group of a target.</summary>
    public int FindAsked(ReadOnlySpan<byte> address)
    {
        if (Find(address) is var found and >= 0)
            return found;
        foreach (var target in _all)
        {
            if (!target.IsIp4 && address.Length == Ip6Header.AddressLength && NeighborSolicitation.IsGroupOf(address, target.Octets))
                return target.Number;
        }
        return -1;
    }

    /// <summary>The oldest of the targets' last answers, among targets that can answer; null if none can.</summary>
    public long? OldestAnswer(ProbeEvidence evidence)
    {
        long? oldest = null;
        foreach (var target in _all)
        {
            if (target.CanAnswer)
                oldest = Math.Min(oldest ?? long.MaxValue, evidence.Targets[target.Number]);
        }
        return oldest;
    }
}

using System.Collections.Immutable;
using System.Net;
using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>One target of probes.</summary>
/// <param name="number">Its number among all.</param>
/// <param name="address">Its address.</param>
internal sealed class ProbeTarget(int number, IPAddress address)
{
    /// <summary>Its number among all.</summary>
    public int Number { get; } = number;

    /// <summary>Its address.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>The address as it stands in frames.</summary>
    public byte[] Octets { get; } = address.GetAddressBytes();

    /// <summary>The way there; null until it is known.</summary>
    public ProbeWay? Way { get; set; }

    /// <summary>The address that probes come from.</summary>
    public byte[] Source { get; set; } = [];

    /// <summary>Whether it answers by ARP.</summary>
    public bool IsIp4 => Octets.Length == Ip4Header.AddressLength;

    /// <summary>Whether it can be probed on the bond.</summary>
    public bool IsProbed => Way is { Route: not ProbeRoute.Elsewhere };

    /// <summary>Whether its answers can be validated: they name the host's address.</summary>
    public bool CanAnswer => Way is { Route: ProbeRoute.ByBond } && Source.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>The station from which it last answered; zero if it has not.</summary>
    public MacAddress Station { get; set; }

    /// <summary>Since when nothing leads there, by <see cref="ProbeClock"/>.</summary>
    public long LostSince { get; set; } = ProbeEvidence.Never;

    /// <summary>It was told that nothing leads there.</summary>
    public bool IsToldLost { get; set; }
}

/// <summary>The targets of a bond's probes, IPv4 before IPv6: at most 16 of each.</summary>
internal sealed class ProbeTargets
{
    private readonly ProbeTarget[] _all;

    /// <summary>Targets to which no way is known yet.</summary>
    public ProbeTargets(ImmutableArray<IPAddress> ip4, ImmutableArray<IPAddress> ip6) =>
        _all = [.. ip4.Concat(ip6).Select((address, number) => new ProbeTarget(number, address))];

    /// <summary>All of them.</summary>
    public ReadOnlySpan<ProbeTarget> All => _all;

    /// <summary>It was told that one station answers for two of them.</summary>
    public bool IsToldOfTwins { get; set; }

    /// <summary>Their addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses => [.. _all.Select(target => target.Address)];

    /// <summary>Whether it is known of each whether it can be probed.</summary>
    public bool AreKnown => Array.TrueForAll(_all, target => target.Way is not null);

    /// <summary>Whether any can be probed on the bond.</summary>
    public bool AnyProbed => Array.Exists(_all, target => target.IsProbed);

    /// <summary>Whether the answers of any can be validated.</summary>
    public bool AnyCanAnswer => Array.Exists(_all, target => target.CanAnswer);

    /// <summary>Takes in the ways that are known; the others stay as they are.</summary>
    public void TakeWays(HostStack stack)
    {
        foreach (var target in _all)
        {
            foreach (var way in stack.Ways)
            {
                if (way.Target.Equals(target.Address))
                    (target.Way, target.Source) = (way, way.Source.GetAddressBytes());
            }
        }
    }

    /// <summary>The target that also answers from the station of another; null if none does.</summary>
    public ProbeTarget? TwinOf(ProbeTarget other) =>
        Array.Find(_all, target => target != other && target.Station == other.Station && target.IsIp4 == other.IsIp4);

    /// <summary>The number of the target that has an address; -1 if none has.</summary>
    public int Find(ReadOnlySpan<byte> address)
    {
        foreach (var target in _all)
        {
            if (address.SequenceEqual(target.Octets))
                return target.Number;
        }
        return -1;
    }

    /// <summary>The same, where a solicited-node group stands for its target too.</summary>
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

    /// <summary>When that one last answered of which it is the longest ago, among those that can; null if none can.</summary>
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

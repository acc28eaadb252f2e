namespace Tandem.Core.Forwarding;

/// <summary>Kinds of control frames that a brain may want to hear, as a plan names them (<see cref="ForwardingPlan.Hears"/>).</summary>
[Flags]
public enum ControlFrameKinds : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Slow protocols: LACP, marker. They are the brain's alone, and never the host's.</summary>
    SlowProtocols = 1,

    /// <summary>ARP. The host gets it too, by the plan.</summary>
    Arp = 2,

    /// <summary>IPv6 neighbour solicitations and advertisements (RFC 4861, 4.3 and 4.4). The host gets them too, by the plan.</summary>
    NeighborDiscovery = 4,
}

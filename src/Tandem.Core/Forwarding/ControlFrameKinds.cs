namespace Tandem.Core.Forwarding;

/// <summary>Kinds of control frames that a plan asks for (<see cref="ForwardingPlan.Hears"/>).</summary>
[Flags]
public enum ControlFrameKinds : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Slow protocols: LACP, marker. Only the brain gets them, never the host.</summary>
    SlowProtocols = 1,

    /// <summary>ARP. The host gets it too, as the plan says.</summary>
    Arp = 2,

    /// <summary>IPv6 neighbour solicitations and advertisements (RFC 4861, 4.3 and 4.4). The host gets them too, as the plan
    /// says.</summary>
    NeighborDiscovery = 4,
}

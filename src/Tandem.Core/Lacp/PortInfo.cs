using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>One end of a link as an LACPDU describes it: the actor's or the partner's information (802.1AX, 6.4.2.3).</summary>
/// <param name="System">The system that the port belongs to.</param>
/// <param name="Key">Ports of one system with the same key may be aggregated, 0 to 65535.</param>
/// <param name="PortPriority">0 to 65535, lower is better.</param>
/// <param name="Port">The port's number, 1 to 65535; 0 is seen and taken.</param>
/// <param name="State">The state octet.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PortInfo(SystemId System, ushort Key, ushort PortPriority, ushort Port, LacpState State)
{
    /// <summary>Whether the link may be aggregated.</summary>
    public bool IsAggregatable => State.Has(LacpState.Aggregation);

    /// <summary>Priority and number of the port as one number, lower is better.</summary>
    public uint PortId => ((uint)PortPriority << 16) | Port;

    /// <summary>Whether two descriptions are of the same port with the same key, and agree on whether it may be aggregated.</summary>
    public bool IsSamePort(in PortInfo other) =>
        System == other.System
        && Key == other.Key
        && PortPriority == other.PortPriority
        && Port == other.Port
        && IsAggregatable == other.IsAggregatable;
}

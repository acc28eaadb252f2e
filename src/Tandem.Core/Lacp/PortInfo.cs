using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>Description of a port in an LACPDU: actor or partner information (802.1AX-2020, 6.4.2.3).</summary>
/// <param name="System">The port's system.</param>
/// <param name="Key">Ports of a system with equal keys may be aggregated, 0 to 65535.</param>
/// <param name="PortPriority">0 to 65535, lower is better.</param>
/// <param name="Port">The port's number, 1 to 65535; some systems send 0, which is accepted.</param>
/// <param name="State">The state octet.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PortInfo(SystemId System, ushort Key, ushort PortPriority, ushort Port, LacpState State)
{
    /// <summary>Whether the link may be aggregated.</summary>
    public bool IsAggregatable => State.Has(LacpState.Aggregation);

    /// <summary>The port identifier: priority and number of the port as one number, lower is better.</summary>
    public uint PortId => ((uint)PortPriority << 16) | Port;

    /// <summary>Whether both describe the same port with the same key, and agree on whether it may be aggregated.</summary>
    public bool IsSamePort(in PortInfo other) =>
        System == other.System
        && Key == other.Key
        && PortPriority == other.PortPriority
        && Port == other.Port
        && IsAggregatable == other.IsAggregatable;
}

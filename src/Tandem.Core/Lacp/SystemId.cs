using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>The identifier of an LACP system (802.1AX-2020, 6.3.2): priority and address, compared as one number. The system with the
/// lower identifier decides.</summary>
/// <param name="Priority">0 to 65535, lower is better.</param>
/// <param name="Address">A MAC address of the system.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SystemId(ushort Priority, MacAddress Address) : IComparable<SystemId>
{
    private ulong Value => ((ulong)Priority << 48) | Address.Value;

    /// <inheritdoc/>
    public int CompareTo(SystemId other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left identifier is better.</summary>
    public static bool operator <(SystemId left, SystemId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the right identifier is better.</summary>
    public static bool operator >(SystemId left, SystemId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left identifier is better or equal.</summary>
    public static bool operator <=(SystemId left, SystemId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right identifier is better or equal.</summary>
    public static bool operator >=(SystemId left, SystemId right) => left.CompareTo(right) >= 0;

    /// <summary>Priority and address: <c>32768,02:00:00:00:00:01</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Priority},{Address}");
}

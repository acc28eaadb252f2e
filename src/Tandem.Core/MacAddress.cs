using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tandem.Core;

/// <summary>A 48-bit Ethernet address, stored as a number for cheap comparison and hashing.</summary>
/// <param name="Value">The six octets, the first in bits 40 to 47.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Length of an address in octets.</summary>
    public const int Length = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xffff_ffff_ffff);

    /// <summary>Whether it is 00:00:00:00:00:00, which identifies no station.</summary>
    public bool IsZero => Value == 0;

    /// <summary>Whether the group bit (the lowest bit of the first octet) is set.</summary>
    public bool IsMulticast => (Value & 0x0100_0000_0000) != 0;

    /// <summary>Whether a station can have the address: neither a group address nor zero.</summary>
    public bool IsValidUnicast => !IsMulticast && !IsZero;

    /// <summary>Reads the first six octets of <paramref name="octets"/>.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> octets) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(octets) << 32) | BinaryPrimitives.ReadUInt32BigEndian(octets[2..]));

    /// <summary>A locally administered unicast address made from 46 random bits.</summary>
    public static MacAddress LocallyAdministered(ulong random) => new((random & 0xfcff_ffff_ffff) | 0x0200_0000_0000);

    /// <summary>Writes the six octets to the start of <paramref name="octets"/>.</summary>
    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(octets[2..], (uint)Value);
    }

    /// <summary>Parses six pairs of hexadecimal digits separated by colons, as <c>ip</c> prints them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        var parts = text?.Split(':');
        if (parts is not { Length: Length })
            return false;
        ulong value = 0;
        foreach (var part in parts)
        {
            if (
                part.Length is 0 or > 2
                || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)
            )
                return false;
            value = (value << 8) | octet;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <summary>Lower-case pairs separated by colons: <c>02:00:00:00:00:0a</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Value >> 40) & 0xff:x2}:{(Value >> 32) & 0xff:x2}:{(Value >> 24) & 0xff:x2}:{(Value >> 16) & 0xff:x2}:{(Value >> 8) & 0xff:x2}:{Value & 0xff:x2}"
        );
}

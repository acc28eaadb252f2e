using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>An LACPDU (802.1AX-2020, 6.4.2). Read and written without allocating.</summary>
/// <param name="Actor">The sender's description of its port.</param>
/// <param name="Partner">The sender's description of our port.</param>
/// <param name="Version">1 from most systems. Of other versions only the fields of version 1 and the retry count are read.</param>
/// <param name="CollectorMaxDelay">How long the sender may hold back a received frame, in units of 10 µs.</param>
/// <param name="RetryCount">LACPDUs that may be missed in a row before the sender counts as lost, 3 to 10; 3 unless version 0xF1 says
/// otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Lacpdu(PortInfo Actor, PortInfo Partner, byte Version, ushort CollectorMaxDelay, byte RetryCount)
{
    /// <summary>The version that is sent.</summary>
    public const byte Version1 = 1;

    /// <summary>The version with retry counts (SONiC).</summary>
    public const byte RetryCountVersion = 0xf1;

    /// <summary>The number of periods within which one LACPDU must arrive, unless the partner asks for another.</summary>
    public const byte DefaultRetryCount = 3;

    private const byte MaxRetryCount = 10;
    private const byte ActorRetryCountType = 0x80;
    private const int InfoLength = 20;
    private const int CollectorLength = 16;
    private const int ActorOffset = 2;
    private const int PartnerOffset = ActorOffset + InfoLength;
    private const int CollectorOffset = PartnerOffset + InfoLength;
    private const int TrailerOffset = CollectorOffset + CollectorLength;

    /// <summary>Reads an LACPDU behind its Ethernet header. Deviations that the standard requires a receiver to accept are returned in
    /// <paramref name="oddities"/>.</summary>
    /// <param name="body">The frame from the subtype on; any length.</param>
    /// <param name="pdu">The content.</param>
    /// <param name="oddities">Deviations that were accepted.</param>
    /// <returns>Why the LACPDU cannot be read; <see cref="FrameDefect.None"/> if it can.</returns>
    public static FrameDefect Read(ReadOnlySpan<byte> body, out Lacpdu pdu, out LacpduOddities oddities)
    {
        pdu = default;
        oddities = LacpduOddities.None;
        if (body.Length < SlowProtocols.BodyLength)
            return FrameDefect.TooShort;
        if (body[ActorOffset + 1] != InfoLength || body[PartnerOffset + 1] != InfoLength)
            return FrameDefect.Illegal;
        var version = body[1];
        if (version == 0)
            oddities |= LacpduOddities.Version;
        if (body[ActorOffset] != 1 || body[PartnerOffset] != 2)
            oddities |= LacpduOddities.Type;
        var retries = DefaultRetryCount;
        // If the collector TLV has a wrong length, the TLVs behind it cannot be found.
        if (body[CollectorOffset + 1] != CollectorLength || !WalkTrailer(body[TrailerOffset..], version, ref retries))
            oddities |= LacpduOddities.Trailer;
        var delay = BinaryPrimitives.ReadUInt16BigEndian(body[(CollectorOffset + 2)..]);
        pdu = new Lacpdu(ReadInfo(body[ActorOffset..]), ReadInfo(body[PartnerOffset..]), version, delay, retries);
        if (pdu.Actor.Port == 0 || pdu.Actor.Key == 0)
            oddities |= LacpduOddities.Zero;
        return pdu.Actor.System.Address.IsValidUnicast ? FrameDefect.None : FrameDefect.BogusActor;
    }

    /// <summary>Writes a whole frame of version 1, <see cref="SlowProtocols.FrameLength"/> bytes, with reserved octets zero.</summary>
    public static void Write(Span<byte> frame, MacAddress source, in PortInfo actor, in PortInfo partner)
    {
        var body = SlowProtocols.Begin(frame, source);
        body[0] = SlowProtocols.Lacp;
        body[1] = Version1;
        WriteInfo(body[ActorOffset..], 1, actor);
        WriteInfo(body[PartnerOffset..], 2, partner);
        body[CollectorOffset] = 3;
        body[CollectorOffset + 1] = CollectorLength;
    }

    // Walks the TLVs behind those of version 1 up to the terminator; false if one is malformed.
    private static bool WalkTrailer(ReadOnlySpan<byte> rest, byte version, ref byte retries)
    {
        while (rest.Length >= 2 && rest[0] != 0)
        {
            var length = rest[1];
            if (length < 2 || length > rest.Length)
                return false;
            if (version == RetryCountVersion && rest[0] == ActorRetryCountType && length >= 4)
                retries = Math.Clamp(rest[2], DefaultRetryCount, MaxRetryCount);
            rest = rest[length..];
        }
        return true;
    }

    private static PortInfo ReadInfo(ReadOnlySpan<byte> part) =>
        new(
            new SystemId(BinaryPrimitives.ReadUInt16BigEndian(part[2..]), MacAddress.Read(part[4..])),
            BinaryPrimitives.ReadUInt16BigEndian(part[10..]),
            BinaryPrimitives.ReadUInt16BigEndian(part[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(part[14..]),
            (LacpState)part[16]
        );

    private static void WriteInfo(Span<byte> part, byte type, in PortInfo info)
    {
        part[0] = type;
        part[1] = InfoLength;
        BinaryPrimitives.WriteUInt16BigEndian(part[2..], info.System.Priority);
        info.System.Address.Write(part[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(part[10..], info.Key);
        BinaryPrimitives.WriteUInt16BigEndian(part[12..], info.PortPriority);
        BinaryPrimitives.WriteUInt16BigEndian(part[14..], info.Port);
        part[16] = (byte)info.State;
    }
}

/// <summary>Deviations of an LACPDU that a receiver must accept (802.1AX-2020, 6.4.3.3).</summary>
[Flags]
public enum LacpduOddities : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Version 0.</summary>
    Version = 1,

    /// <summary>The actor or partner TLV has another type than 1 and 2.</summary>
    Type = 2,

    /// <summary>The collector TLV or a later one is malformed.</summary>
    Trailer = 4,

    /// <summary>The actor's port or key is 0.</summary>
    Zero = 8,
}

/// <summary>Why a slow-protocols frame was dropped.</summary>
public enum FrameDefect : byte
{
    /// <summary>The frame was not dropped.</summary>
    None,

    /// <summary>The frame is shorter than its mandatory fields.</summary>
    TooShort,

    /// <summary>A TLV has a wrong length.</summary>
    Illegal,

    /// <summary>The actor system's address is zero or a group address.</summary>
    BogusActor,
}

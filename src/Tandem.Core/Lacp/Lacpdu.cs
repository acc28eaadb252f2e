using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>The content of an LACPDU (802.1AX, 6.4.2): read and written without allocating.</summary>
/// <param name="Actor">What the sender says of itself.</param>
/// <param name="Partner">What the sender says of us.</param>
/// <param name="Version">1, or what a newer or other system sends; only the part that version 1 has is used.</param>
/// <param name="CollectorMaxDelay">How long the sender's collector may hold a frame, in tens of µs.</param>
/// <param name="RetryCount">LACPDUs that may be missed before the sender is given up, 3 to 10; 3 unless version 0xF1 says otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Lacpdu(PortInfo Actor, PortInfo Partner, byte Version, ushort CollectorMaxDelay, byte RetryCount)
{
    /// <summary>What is written for version 1.</summary>
    public const byte Version1 = 1;

    /// <summary>The version that carries retry counts (SONiC).</summary>
    public const byte RetryCountVersion = 0xf1;

    /// <summary>LACPDUs of which one must arrive, unless the partner asks for more patience.</summary>
    public const byte DefaultRetryCount = 3;

    private const byte MaxRetryCount = 10;
    private const byte ActorRetryCountType = 0x80;
    private const int InfoLength = 20;
    private const int CollectorLength = 16;
    private const int ActorOffset = 2;
    private const int PartnerOffset = ActorOffset + InfoLength;
    private const int CollectorOffset = PartnerOffset + InfoLength;
    private const int TrailerOffset = CollectorOffset + CollectorLength;

    /// <summary>Reads the part of a frame behind the Ethernet header. Odd parts that the standard tells to let pass are named in <paramref name="oddities"/>.</summary>
    /// <param name="body">From the subtype on; any length.</param>
    /// <param name="pdu">The content.</param>
    /// <param name="oddities">What was let pass.</param>
    /// <returns>Why it cannot be read; <see cref="FrameDefect.None"/> if it can.</returns>
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
        // Without the collector's part in its place, nothing behind it can be found.
        if (body[CollectorOffset + 1] != CollectorLength || !WalkTrailer(body[TrailerOffset..], version, ref retries))
            oddities |= LacpduOddities.Trailer;
        var delay = BinaryPrimitives.ReadUInt16BigEndian(body[(CollectorOffset + 2)..]);
        pdu = new Lacpdu(ReadInfo(body[ActorOffset..]), ReadInfo(body[PartnerOffset..]), version, delay, retries);
        if (pdu.Actor.Port == 0 || pdu.Actor.Key == 0)
            oddities |= LacpduOddities.Zero;
        return pdu.Actor.System.Address.IsValidUnicast ? FrameDefect.None : FrameDefect.BogusActor;
    }

    /// <summary>Writes a whole frame of version 1: <see cref="SlowProtocols.FrameLength"/> bytes, reserved octets zero.</summary>
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

    // Parts behind those of version 1, up to the terminator; false if one of them does not fit.
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

/// <summary>Odd parts of an LACPDU that a receiver must let pass (802.1AX, 6.4.3.3: it does not check what it need not).</summary>
[Flags]
public enum LacpduOddities : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Version 0.</summary>
    Version = 1,

    /// <summary>The first two parts have other types than 1 and 2.</summary>
    Type = 2,

    /// <summary>The collector's part or what follows does not fit.</summary>
    Trailer = 4,

    /// <summary>The actor's port or key is 0.</summary>
    Zero = 8,
}

/// <summary>Why a slow-protocols frame was dropped.</summary>
public enum FrameDefect : byte
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Shorter than the fields that it must have.</summary>
    TooShort,

    /// <summary>A part has a wrong length.</summary>
    Illegal,

    /// <summary>The actor's system has no address that a station can have.</summary>
    BogusActor,
}

namespace Tandem.Core.Hashing;

/// <summary>Which word of the transport header is in the keys.</summary>
public enum TransportKey : byte
{
    /// <summary>None: a fragment, or a protocol without ports.</summary>
    None = 0,

    /// <summary>Source and destination port.</summary>
    Ports = 1,

    /// <summary>The security parameters index (SPI) of IPsec.</summary>
    SecurityIndex = 2,

    /// <summary>Type, code and identifier of ICMP.</summary>
    IcmpIdentifier = 3,
}

/// <summary>
/// The keys that a policy extracts from a frame. Words of addresses and ports are little-endian on every machine, as the driver reads
/// them on x86 and ARM.
/// </summary>
public struct FlowKeys
{
    /// <summary>Exclusive or of the last octets of both MAC addresses.</summary>
    public byte MacFold { get; internal set; }

    /// <summary>The EtherType.</summary>
    public ushort EtherType { get; internal set; }

    /// <summary>The VLAN tag control information; 0 if the frame has no stripped tag.</summary>
    public ushort TagControl { get; internal set; }

    /// <summary>The source MAC address.</summary>
    public MacAddress Source { get; internal set; }

    /// <summary>Whether the policy could parse the frame; otherwise the hash is that of layer2.</summary>
    public bool IsUnderstood { get; internal set; }

    /// <summary>Exclusive or of the words of both IP addresses.</summary>
    public uint AddressFold { get; internal set; }

    /// <summary>Offset of the source IP address in the frame; the destination follows it.</summary>
    public int AddressOffset { get; internal set; }

    /// <summary>Length of an IP address in bytes: 4, 16, or 0 if there is none.</summary>
    public int AddressLength { get; internal set; }

    /// <summary>The word of the transport header.</summary>
    public uint TransportWord { get; internal set; }

    /// <summary>What <see cref="TransportWord"/> holds.</summary>
    public TransportKey Transport { get; internal set; }

    /// <summary>Offset of <see cref="TransportWord"/> in the frame.</summary>
    public int TransportOffset { get; internal set; }

    internal void SetAddresses(ReadOnlySpan<byte> frame, int offset, int length)
    {
        AddressFold = Words.Fold(frame.Slice(offset, 2 * length));
        AddressOffset = offset;
        AddressLength = length;
    }

    internal void SetTransport(TransportKey kind, int offset, uint word)
    {
        Transport = kind;
        TransportOffset = offset;
        TransportWord = word;
    }
}

namespace Tandem.Core.Hashing;

/// <summary>What kind of word of the transport header entered the keys.</summary>
public enum TransportKey : byte
{
    /// <summary>None: a fragment, or a protocol without ports.</summary>
    None = 0,

    /// <summary>Source and destination port.</summary>
    Ports = 1,

    /// <summary>The security parameter index of IPsec.</summary>
    SecurityIndex = 2,

    /// <summary>Type, code and identifier of ICMP.</summary>
    IcmpIdentifier = 3,
}

/// <summary>
/// What a policy found in a frame: the first of two steps to a hash. Words of addresses and ports are little-endian, as the
/// driver has them on x86 and ARM, whatever this machine is.
/// </summary>
public struct FlowKeys
{
    /// <summary>Last octets of both MAC addresses, combined by exclusive or.</summary>
    public byte MacFold { get; internal set; }

    /// <summary>What the frame carries.</summary>
    public ushort EtherType { get; internal set; }

    /// <summary>The tag's priority, drop bit and VLAN number; 0 if there is no tag beside the frame.</summary>
    public ushort TagControl { get; internal set; }

    /// <summary>The source address.</summary>
    public MacAddress Source { get; internal set; }

    /// <summary>True if the policy understood what the frame carries; otherwise its hash is that of layer2.</summary>
    public bool IsUnderstood { get; internal set; }

    /// <summary>Words of both network addresses, combined by exclusive or.</summary>
    public uint AddressFold { get; internal set; }

    /// <summary>Where the source address starts in the frame; the destination address follows it.</summary>
    public int AddressOffset { get; internal set; }

    /// <summary>Bytes of a network address: 4, 16, or 0 if there is none.</summary>
    public int AddressLength { get; internal set; }

    /// <summary>The word of the transport header.</summary>
    public uint TransportWord { get; internal set; }

    /// <summary>What that word is.</summary>
    public TransportKey Transport { get; internal set; }

    /// <summary>Where that word starts in the frame.</summary>
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

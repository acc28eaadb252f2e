using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>An ARP packet about IPv4 addresses in an Ethernet (RFC 826).</summary>
public readonly ref struct ArpPacket
{
    /// <summary>Bytes behind the Ethernet header.</summary>
    public const int Length = 28;

    /// <summary>Where the sender's MAC address stands.</summary>
    public const int SenderMacOffset = 8;

    /// <summary>Where the IPv4 address of who is spoken to stands.</summary>
    public const int TargetIpOffset = 24;

    private const int OperationOffset = 6;
    private const int SenderIpOffset = 14;
    private const ushort Request = 1;
    private const ushort Reply = 2;

    private readonly ReadOnlySpan<byte> _packet;

    private ArpPacket(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>True for a question.</summary>
    public bool IsRequest => BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]) == Request;

    /// <summary>True for an answer.</summary>
    public bool IsReply => BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]) == Reply;

    /// <summary>The MAC address of the sender, as ARP says it.</summary>
    public MacAddress SenderMac => MacAddress.Read(_packet[SenderMacOffset..]);

    /// <summary>Its IPv4 address; 0 in a probe.</summary>
    public uint SenderIp => BinaryPrimitives.ReadUInt32BigEndian(Sender);

    /// <summary>The same, as it stands in the packet.</summary>
    public ReadOnlySpan<byte> Sender => _packet.Slice(SenderIpOffset, Ip4Header.AddressLength);

    /// <summary>The IPv4 address of the target.</summary>
    public uint TargetIp => BinaryPrimitives.ReadUInt32BigEndian(Target);

    /// <summary>The same, as it stands in the packet.</summary>
    public ReadOnlySpan<byte> Target => _packet.Slice(TargetIpOffset, Ip4Header.AddressLength);

    /// <summary>Reads a request or reply; false for anything else, and for one that is cut off.</summary>
    /// <param name="packet">The frame from behind its Ethernet header on.</param>
    /// <param name="arp">The packet.</param>
    public static bool TryRead(ReadOnlySpan<byte> packet, out ArpPacket arp) =>
        TryReadAny(packet, out arp) && (arp.IsRequest || arp.IsReply);

    /// <summary>Reads a packet of any operation; false for one about other addresses, and for one that is cut off.</summary>
    /// <param name="packet">The frame from behind its Ethernet header on.</param>
    /// <param name="arp">The packet.</param>
    public static bool TryReadAny(ReadOnlySpan<byte> packet, out ArpPacket arp)
    {
        arp = default;
        // Hardware type Ethernet, protocol IPv4, addresses of six and four bytes.
        if (packet.Length < Length || !packet[..OperationOffset].SequenceEqual<byte>([0, 1, 8, 0, 6, 4]))
            return false;
        arp = new ArpPacket(packet);
        return true;
    }
}

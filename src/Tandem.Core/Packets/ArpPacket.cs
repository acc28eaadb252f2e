using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
public readonly ref struct ArpPacket
{
    /// <summary>Length behind the Ethernet header, in bytes.</summary>
    public const int Length = 28;

    /// <summary>Offset of the sender's MAC address.</summary>
    public const int SenderMacOffset = 8;

    /// <summary>Offset of the target's IPv4 address.</summary>
    public const int TargetIpOffset = 24;

    private const int OperationOffset = 6;
    private const int SenderIpOffset = 14;
    private const ushort Request = 1;
    private const ushort Reply = 2;

    private readonly ReadOnlySpan<byte> _packet;

    private ArpPacket(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Whether it is a request.</summary>
    public bool IsRequest => BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]) == Request;

    /// <summary>Whether it is a reply.</summary>
    public bool IsReply => BinaryPrimitives.ReadUInt16BigEndian(_packet[OperationOffset..]) == Reply;

    /// <summary>The sender's MAC address inside the packet.</summary>
    public MacAddress SenderMac => MacAddress.Read(_packet[SenderMacOffset..]);

    /// <summary>The sender's IPv4 address; 0 in an ARP probe.</summary>
    public uint SenderIp => BinaryPrimitives.ReadUInt32BigEndian(Sender);

    /// <summary>The sender's IPv4 address as octets.</summary>
    public ReadOnlySpan<byte> Sender => _packet.Slice(SenderIpOffset, Ip4Header.AddressLength);

    /// <summary>The target's IPv4 address.</summary>
    public uint TargetIp => BinaryPrimitives.ReadUInt32BigEndian(Target);

    /// <summary>The target's IPv4 address as octets.</summary>
    public ReadOnlySpan<byte> Target => _packet.Slice(TargetIpOffset, Ip4Header.AddressLength);

    /// <summary>Reads a request or reply; false for anything else, and for a packet that is cut off.</summary>
    /// <param name="packet">The frame behind its Ethernet header.</param>
    /// <param name="arp">The packet.</param>
    public static bool TryRead(ReadOnlySpan<byte> packet, out ArpPacket arp) =>
        TryReadAny(packet, out arp) && (arp.IsRequest || arp.IsReply);

    /// <summary>Reads a packet of any operation; false for other address types, and for a packet that is cut off.</summary>
    /// <param name="packet">The frame behind its Ethernet header.</param>
    /// <param name="arp">The packet.</param>
    public static bool TryReadAny(ReadOnlySpan<byte> packet, out ArpPacket arp)
    {
        arp = default;
        // Hardware type Ethernet, protocol IPv4, address lengths 6 and 4.
        if (packet.Length < Length || !packet[..OperationOffset].SequenceEqual<byte>([0, 1, 8, 0, 6, 4]))
            return false;
        arp = new ArpPacket(packet);
        return true;
    }
}

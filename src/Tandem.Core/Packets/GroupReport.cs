using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>
/// Unsolicited membership reports, by which a host informs switches and routers of the multicast groups it has joined: IGMPv3 (RFC 3376,
/// section 4.2) and MLDv2 (RFC 3810, section 5.2). Each group is reported as a change to EXCLUDE mode with no sources, that is, joined
/// from all sources.
/// </summary>
public static class GroupReport
{
    /// <summary>Maximum number of groups in a report; the report then fits the smallest IPv6 MTU.</summary>
    public const int MaxGroups = 50;

    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + Ip6Header.Length + RouterAlert6Length + ReportHeader + MaxGroups * Record6;

    private const int ReportHeader = 8;
    private const int Record4 = 8;
    private const int Record6 = 20;
    private const byte ChangeToExclude = 4;

    private const byte IgmpReport = 0x22;
    private const byte MldReport = 143;

    /// <summary>Length of an IPv4 header with the router alert option (RFC 2113).</summary>
    private const int Ip4Length = 24;

    /// <summary>Length of a hop-by-hop header with the router alert option (RFC 2711).</summary>
    private const int RouterAlert6Length = 8;

    private static readonly MacAddress IgmpStation = new(0x0100_5e00_0016);
    private static readonly MacAddress MldStation = new(0x3333_0000_0016);

    private static ReadOnlySpan<byte> IgmpRouters => [224, 0, 0, 22];

    private static ReadOnlySpan<byte> MldRouters => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16];

    private static ReadOnlySpan<byte> RouterAlert4 => [0x94, 4, 0, 0];

    private static ReadOnlySpan<byte> RouterAlert6 => [IpProtocol.Icmp6, 0, 5, 2, 0, 0, 1, 0];

    /// <summary>Writes an IGMPv3 report and returns the frame's length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">MAC address of the station.</param>
    /// <param name="address">IPv4 address of the station; zero if it has none.</param>
    /// <param name="groups">Addresses of the groups, concatenated, at most <see cref="MaxGroups"/>.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int WriteIgmp(
        Span<byte> frame,
        MacAddress source,
        ReadOnlySpan<byte> address,
        ReadOnlySpan<byte> groups,
        ReadOnlySpan<FrameTag> tags
    )
    {
        var count = groups.Length / Ip4Header.AddressLength;
        var offset = EthernetWriter.Write(frame, IgmpStation, source, tags, EtherType.Ip4);
        var reportLength = ReportHeader + count * Record4;
        var ip = frame.Slice(offset, Ip4Length);
        ip.Clear();
        ip[0] = 0x46; // version 4, six words
        ip[1] = 0xc0; // internetwork control
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ip4Length + reportLength));
        BinaryPrimitives.WriteUInt16BigEndian(ip[Ip4Header.Fragment..], 0x4000);
        ip[8] = 1;
        ip[Ip4Header.Protocol] = IpProtocol.Igmp;
        address[..Ip4Header.AddressLength].CopyTo(ip[Ip4Header.Addresses..]);
        IgmpRouters.CopyTo(ip[(Ip4Header.Addresses + Ip4Header.AddressLength)..]);
        RouterAlert4.CopyTo(ip[Ip4Header.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));

        var report = frame.Slice(offset + Ip4Length, reportLength);
        WriteRecords(report, IgmpReport, groups, Ip4Header.AddressLength, Record4);
        BinaryPrimitives.WriteUInt16BigEndian(report[2..], InternetChecksum.Compute(report));
        return offset + Ip4Length + reportLength;
    }

    /// <summary>Writes an MLDv2 report and returns the frame's length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">MAC address of the station.</param>
    /// <param name="address">Link-local address of the station; zero if it has none.</param>
    /// <param name="groups">Addresses of the groups, concatenated, at most <see cref="MaxGroups"/>.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int WriteMld(
        Span<byte> frame,
        MacAddress source,
        ReadOnlySpan<byte> address,
        ReadOnlySpan<byte> groups,
        ReadOnlySpan<FrameTag> tags
    )
    {
        var count = groups.Length / Ip6Header.AddressLength;
        var offset = EthernetWriter.Write(frame, MldStation, source, tags, EtherType.Ip6);
        var reportLength = ReportHeader + count * Record6;
        var ip = frame.Slice(offset, Ip6Header.Length);
        Ip6Writer.Write(ip, RouterAlert6Length + reportLength, IpProtocol.HopByHop, 1, address, MldRouters);
        offset += Ip6Header.Length;
        RouterAlert6.CopyTo(frame[offset..]);
        offset += RouterAlert6Length;

        var report = frame.Slice(offset, reportLength);
        WriteRecords(report, MldReport, groups, Ip6Header.AddressLength, Record6);
        BinaryPrimitives.WriteUInt16BigEndian(report[2..], InternetChecksum.ComputeIcmp6(ip[Ip6Header.Addresses..], report));
        return offset + reportLength;
    }

    private static void WriteRecords(Span<byte> report, byte type, ReadOnlySpan<byte> groups, int addressLength, int recordLength)
    {
        report.Clear();
        report[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(report[6..], (ushort)(groups.Length / addressLength));
        var record = report[ReportHeader..];
        for (; groups.Length >= addressLength; groups = groups[addressLength..])
        {
            record[0] = ChangeToExclude;
            groups[..addressLength].CopyTo(record[(recordLength - addressLength)..]);
            record = record[recordLength..];
        }
    }
}

using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Packets;

/// <summary>The frames with which a bond announces itself, byte for byte.</summary>
public class AnnouncementTests
{
    private static readonly MacAddress Station = new(0x0200_0000_000a);

    [Fact]
    public void A_gratuitous_arp_request_asks_for_the_stations_own_address()
    {
        var frame = new byte[GratuitousArp.MaxLength];
        var length = GratuitousArp.Write(frame, Station, [10, 0, 0, 1], tags: []);
        Assert.Equal(
            Convert.FromHexString(
                "ffffffffffff"
                    + "02000000000a"
                    + "0806"
                    + "0001"
                    + "0800"
                    + "06"
                    + "04"
                    + "0001"
                    + "02000000000a"
                    + "0a000001"
                    + "000000000000"
                    + "0a000001"
            ),
            frame[..length]
        );
    }

    [Fact]
    public void A_neighbour_solicitation_goes_to_the_group_of_the_target_with_the_askers_station()
    {
        var frame = new byte[NeighborSolicitation.MaxLength];
        byte[] source = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        byte[] target = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56];
        Assert.Equal(86, NeighborSolicitation.Write(frame, Station, source, target, tags: []));
        Assert.Equal(Convert.FromHexString("3333ff12345602000000000a86dd60000000" + "00203aff"), frame[..22]);
        Assert.Equal(source, frame[22..38]);
        Assert.Equal(Convert.FromHexString("ff0200000000000000000001ff123456"), frame[38..54]);
        Assert.Equal(135, frame[54]);
        Assert.Equal(target, frame[62..78]);
        Assert.Equal(Convert.FromHexString("010102000000000a"), frame[78..86]);
        // The sum over data with a correct checksum is 0.
        Assert.Equal(0, InternetChecksum.ComputeIcmp6(frame.AsSpan(22, 32), frame.AsSpan(54, 32)));
    }

    [Fact]
    public void A_solicitation_of_nobody_names_no_station()
    {
        var frame = new byte[NeighborSolicitation.MaxLength];
        Assert.Equal(78, NeighborSolicitation.Write(frame, Station, new byte[16], new byte[16], tags: []));
        Assert.Equal(0, InternetChecksum.ComputeIcmp6(frame.AsSpan(22, 32), frame.AsSpan(54, 24)));
    }

    [Fact]
    public void A_station_is_announced_by_asking_for_its_address_the_reverse_way()
    {
        var frame = new byte[StationAnnouncement.MaxLength];
        var length = StationAnnouncement.Write(frame, Station, []);
        Assert.Equal(
            Convert.FromHexString(
                "ffffffffffff"
                    + "02000000000a"
                    + "8035"
                    + "0001"
                    + "0800"
                    + "06"
                    + "04"
                    + "0003"
                    + "02000000000a"
                    + "00000000"
                    + "02000000000a"
                    + "00000000"
            ),
            frame[..length]
        );
    }

    [Fact]
    public void A_frame_of_a_vlan_is_tagged_and_one_of_a_vlan_in_a_vlan_twice()
    {
        var frame = new byte[GratuitousArp.MaxLength];
        Assert.Equal(46, GratuitousArp.Write(frame, Station, [10, 0, 0, 1], [new FrameTag(EtherType.Vlan, 42)]));
        Assert.Equal([0x81, 0, 0, 42, 8, 6], frame[12..18]);
        FrameTag[] tags = [new(EtherType.ServiceVlan, 42), new(EtherType.Vlan, 9)];
        Assert.Equal(50, GratuitousArp.Write(frame, Station, [10, 0, 0, 1], tags));
        Assert.Equal([0x88, 0xa8, 0, 42, 0x81, 0, 0, 9, 8, 6], frame[12..22]);
    }

    [Fact]
    public void A_neighbour_advertisement_goes_to_all_nodes_and_overrides()
    {
        var frame = new byte[NeighborAdvertisement.MaxLength];
        var address = Convert.FromHexString("fe80000000000000000000fffe00000a");
        var length = NeighborAdvertisement.Write(frame, Station, address, isRouter: false, tags: []);
        Assert.Equal(
            Convert.FromHexString(
                "333300000001"
                    + "02000000000a"
                    + "86dd"
                    + "60000000"
                    + "0020"
                    + "3a"
                    + "ff"
                    + "fe80000000000000000000fffe00000a"
                    + "ff020000000000000000000000000001"
                    + "88"
                    + "00"
                    + "5980"
                    + "20000000"
                    + "fe80000000000000000000fffe00000a"
                    + "0201"
                    + "02000000000a"
            ),
            frame[..length]
        );
        NeighborAdvertisement.Write(frame, Station, address, isRouter: true, tags: []);
        Assert.Equal(0xa0, frame[58]);
    }

    [Fact]
    public void An_igmp_report_has_a_record_for_each_group()
    {
        var frame = new byte[GroupReport.MaxLength];
        var length = GroupReport.WriteIgmp(frame, Station, [10, 0, 0, 1], [239, 1, 2, 3, 224, 0, 0, 251], tags: []);
        Assert.Equal(
            Convert.FromHexString(
                "01005e000016"
                    + "02000000000a"
                    + "0800"
                    + "46c0"
                    + "0030"
                    + "0000"
                    + "4000"
                    + "01"
                    + "02"
                    + "f9f0"
                    + "0a000001"
                    + "e0000016"
                    + "94040000"
                    + "22"
                    + "00"
                    + "03fd"
                    + "0000"
                    + "0002"
                    + "04000000"
                    + "ef010203"
                    + "04000000"
                    + "e00000fb"
            ),
            frame[..length]
        );
    }

    [Fact]
    public void An_mld_report_stands_behind_a_router_alert()
    {
        var frame = new byte[GroupReport.MaxLength];
        var source = Convert.FromHexString("fe80000000000000000000fffe00000a");
        var group = Convert.FromHexString("ff0200000000000000000001ff00000a");
        var length = GroupReport.WriteMld(frame, Station, source, group, tags: []);
        Assert.Equal(
            Convert.FromHexString(
                "333300000016"
                    + "02000000000a"
                    + "86dd"
                    + "60000000"
                    + "0024"
                    + "00"
                    + "01"
                    + "fe80000000000000000000fffe00000a"
                    + "ff020000000000000000000000000016"
                    + "3a00"
                    + "0502"
                    + "0000"
                    + "0100"
                    + "8f"
                    + "00"
                    + "71f5"
                    + "0000"
                    + "0001"
                    + "04000000"
                    + "ff0200000000000000000001ff00000a"
            ),
            frame[..length]
        );
    }

    [Fact]
    public void The_fullest_report_fits_its_room()
    {
        var frame = new byte[GroupReport.MaxLength];
        var groups = new byte[GroupReport.MaxGroups * Ip6Header.AddressLength];
        var tags = new FrameTag[EthernetWriter.MaxTags];
        Assert.Equal(GroupReport.MaxLength, GroupReport.WriteMld(frame, Station, new byte[16], groups, tags));
        Assert.InRange(GroupReport.MaxLength - EthernetWriter.MaxLength, 0, 1280);
    }

    /// <summary>A sum over all words, the checksum among them, is all ones: computed here in a second, plainer way.</summary>
    [Fact]
    public void Checksums_sum_up_to_all_ones()
    {
        var frame = new byte[GroupReport.MaxLength];
        GroupReport.WriteIgmp(frame, Station, [10, 0, 0, 1], [239, 1, 2, 3], tags: []);
        Assert.Equal(0xffff, Sum(frame[14..38]));
        Assert.Equal(0xffff, Sum(frame[38..54]));
        var length = NeighborAdvertisement.Write(frame, Station, new byte[16], isRouter: true, tags: []);
        Assert.Equal(0xffff, Sum([.. frame[22..54], 0, 32, 0, 58, .. frame[54..length]]));
    }

    private static int Sum(byte[] bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (bytes[i] << 8) | bytes[i + 1];
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }
}

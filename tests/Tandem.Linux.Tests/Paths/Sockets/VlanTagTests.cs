using Tandem.Linux.Paths.Sockets;

namespace Tandem.Linux.Tests.Paths.Sockets;

public class VlanTagTests
{
    [Fact]
    public void The_tag_goes_behind_the_addresses_and_moves_the_offsets_of_the_header()
    {
        byte[] room =
        [
            .. (ReadOnlySpan<byte>)[0, 0, 0, 0],
            .. (ReadOnlySpan<byte>)[1, 1, 54, 0, 0xb4, 5, 34, 0, 16, 0], // checksum needed, TCPv4 segments, header 54, start 34
            .. (ReadOnlySpan<byte>)[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 0x45],
        ];
        VlanTag.Insert(room, 0x8100, 0x602a);
        Assert.Equal(
            [
                .. (ReadOnlySpan<byte>)[1, 1, 58, 0, 0xb4, 5, 38, 0, 16, 0],
                .. (ReadOnlySpan<byte>)[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x81, 0, 0x60, 0x2a, 8, 0, 0x45],
            ],
            room
        );
    }

    [Fact]
    public void A_header_with_nothing_to_complete_stays_as_it_is()
    {
        var room = new byte[4 + 10 + 60];
        VlanTag.Insert(room, 0x88a8, 1);
        Assert.Equal(new byte[10], room[..10]);
        Assert.Equal([0x88, 0xa8, 0, 1], room[22..26]);
    }
}

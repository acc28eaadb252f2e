using Tandem.Core;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Netlink;

public class LinkParserTests
{
    /// <summary>An RTM_NEWLINK of a VLAN device bond0.42, byte for byte.</summary>
    internal static readonly byte[] VlanDevice =
    [
        .. (ReadOnlySpan<byte>)[100, 0, 0, 0, 16, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0], // length, RTM_NEWLINK, sequence 7, port 9
        .. (ReadOnlySpan<byte>)[0, 0, 1, 0, 5, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0], // Ethernet, number 5, flags
        .. (ReadOnlySpan<byte>)[12, 0, 3, 0, (byte)'b', (byte)'0', (byte)'.', (byte)'4', (byte)'2', 0, 0, 0], // IFLA_IFNAME
        .. (ReadOnlySpan<byte>)[10, 0, 1, 0, 2, 0, 0, 0, 0, 10, 0, 0], // IFLA_ADDRESS, padded
        .. (ReadOnlySpan<byte>)[8, 0, 4, 0, 0xdc, 5, 0, 0], // IFLA_MTU 1500
        .. (ReadOnlySpan<byte>)[36, 0, 18, 0x80], // IFLA_LINKINFO, nested
        .. (ReadOnlySpan<byte>)[9, 0, 1, 0, (byte)'v', (byte)'l', (byte)'a', (byte)'n', 0, 0, 0, 0], // IFLA_INFO_KIND
        .. (ReadOnlySpan<byte>)[20, 0, 2, 0], // IFLA_INFO_DATA
        .. (ReadOnlySpan<byte>)[6, 0, 1, 0, 42, 0, 0, 0], // IFLA_VLAN_ID
        .. (ReadOnlySpan<byte>)[6, 0, 5, 0, 0x81, 0, 0, 0], // IFLA_VLAN_PROTOCOL, big-endian
    ];

    [Fact]
    public void A_message_reads_as_the_interface_that_it_describes()
    {
        Assert.Equal(100, VlanDevice.Length);
        var reader = new MessageReader(VlanDevice);
        Assert.True(reader.TryNext(out var message));
        Assert.Equal(0, reader.Remaining);
        var link = LinkParser.Parse(message)!;
        Assert.Equal((5, "b0.42", 1500), (link.Ifindex, link.Name, link.Mtu));
        Assert.Equal(new MacAddress(0x0200_0000_000a), link.Address);
        Assert.Equal("vlan", link.Kind);
        Assert.Equal(((ushort)42, (ushort)0x8100), (link.VlanId!.Value, link.VlanProtocol));
        Assert.True(link.IsRunning && link.IsEthernet);
    }

    [Fact]
    public void A_message_cut_at_any_byte_is_read_as_far_as_it_goes()
    {
        var whole = VlanDevice;
        for (var length = 0; length < whole.Length; length++)
        {
            // A datagram that ends early holds no message at all.
            var cut = new MessageReader(whole.AsSpan(0, length));
            Assert.False(cut.TryNext(out _));

            // A message that says it is shorter has whole attributes up to there.
            if (length < NlMsgHdr.Size)
                continue;
            var shorter = whole[..length];
            shorter[0] = (byte)length;
            var reader = new MessageReader(shorter);
            Assert.True(reader.TryNext(out var message));
            var link = LinkParser.Parse(message);
            Assert.Equal(length >= 32, link is not null);
            Assert.True(link is null || link.Name is "" or "b0.42");
        }
    }

    [Fact]
    public void Any_changed_byte_reads_without_an_exception()
    {
        var whole = VlanDevice;
        for (var i = 0; i < whole.Length; i++)
        {
            foreach (byte value in new byte[] { 0, 1, 3, 0x7f, 0xff })
            {
                var changed = whole.ToArray();
                changed[i] = value;
                var reader = new MessageReader(changed);
                while (reader.TryNext(out var message))
                    LinkParser.Parse(message);
            }
        }
    }
}

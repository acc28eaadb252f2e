using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Netlink;

public class NetlinkWriterTests
{
    [Fact]
    public void Messages_and_nested_attributes_are_padded_and_measured()
    {
        var writer = new NetlinkWriter(new byte[128]);
        writer.BeginMessage(Rt.RTM_NEWLINK, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, 3, new IfInfoMsg { Index = 5 });
        var outer = writer.BeginNested(26);
        var inner = writer.BeginNested(10);
        writer.Attribute<byte>(8, 1);
        writer.EndNested(inner);
        writer.EndNested(outer);
        writer.EndMessage();
        Assert.Equal(
            [
                .. (ReadOnlySpan<byte>)[48, 0, 0, 0, 16, 0, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0],
                .. (ReadOnlySpan<byte>)[0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                .. (ReadOnlySpan<byte>)[16, 0, 26, 0x80, 12, 0, 10, 0x80, 5, 0, 8, 0, 1, 0, 0, 0],
            ],
            writer.Written.ToArray()
        );
    }

    [Fact]
    public void Strings_end_with_a_zero_and_big_endian_numbers_are_turned_round()
    {
        var writer = new NetlinkWriter(new byte[32]);
        writer.AttributeString(3, "eth0");
        writer.AttributeBigEndian(5, 2);
        Assert.Equal(
            [9, 0, 3, 0, (byte)'e', (byte)'t', (byte)'h', (byte)'0', 0, 0, 0, 0, 8, 0, 5, 0, 0, 0, 0, 2],
            writer.Written.ToArray()
        );
    }
}

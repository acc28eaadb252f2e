using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Netlink;

public class NetlinkErrorTests
{
    /// <summary>A capped NLMSG_ERROR: -EINVAL, the request's header, NLMSGERR_ATTR_MSG "bad mtu".</summary>
    private static readonly byte[] Payload =
    [
        .. (ReadOnlySpan<byte>)[0xea, 0xff, 0xff, 0xff],
        .. (ReadOnlySpan<byte>)[40, 0, 0, 0, 16, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        .. (ReadOnlySpan<byte>)[12, 0, 1, 0, (byte)'b', (byte)'a', (byte)'d', (byte)' ', (byte)'m', (byte)'t', (byte)'u', 0],
    ];

    [Fact]
    public void The_text_of_an_extended_ack_reaches_the_error()
    {
        var result = Read(Payload, Nl.NLM_F_CAPPED | Nl.NLM_F_ACK_TLVS);
        Assert.Equal(new LinuxResult(22, "bad mtu"), result);
        Assert.Equal("Invalid argument (bad mtu)", result.ToString());
    }

    [Fact]
    public void An_ack_cut_at_any_byte_is_an_error_without_a_text()
    {
        for (var length = 0; length < Payload.Length; length++)
        {
            var result = Read(Payload[..length], Nl.NLM_F_CAPPED | Nl.NLM_F_ACK_TLVS);
            Assert.Equal(length < 4 ? 74 : 22, result.Errno);
        }
    }

    [Fact]
    public void Zero_is_success() => Assert.True(Read(new byte[20], 0).IsOk);

    private static LinuxResult Read(byte[] payload, int flags) =>
        NetlinkError.Read(new NetlinkMessage(new NlMsgHdr { Type = Nl.NLMSG_ERROR, Flags = (ushort)flags }, payload));
}

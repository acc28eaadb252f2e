using System.Runtime.CompilerServices;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Native;

/// <summary>Sizes as the kernel's headers have them on 64-bit Linux.</summary>
public class StructLayoutTests
{
    [Fact]
    public void Structs_are_as_long_as_the_kernel_has_them()
    {
        Assert.Equal(8, Unsafe.SizeOf<PollFd>());
        Assert.Equal(16, Unsafe.SizeOf<IoVec>());
        Assert.Equal(56, Unsafe.SizeOf<MsgHdr>());
        Assert.Equal(16, Unsafe.SizeOf<CMsgHdr>());
        Assert.Equal(20, Unsafe.SizeOf<SockAddrLl>());
        Assert.Equal(16, Unsafe.SizeOf<PacketMreq>());
        Assert.Equal(20, Unsafe.SizeOf<TpacketAuxdata>());
        Assert.Equal(8, Unsafe.SizeOf<TpacketStats>());
        Assert.Equal(VirtioNetHdr.Size, Unsafe.SizeOf<VirtioNetHdr>());
        Assert.Equal(40, Unsafe.SizeOf<IfReq>());
        Assert.Equal(EthtoolLinkSettings.FixedSize + 3 * 127 * sizeof(uint), Unsafe.SizeOf<EthtoolLinkSettings>());
        Assert.Equal(12, Unsafe.SizeOf<SockAddrNl>());
        Assert.Equal(NlMsgHdr.Size, Unsafe.SizeOf<NlMsgHdr>());
        Assert.Equal(NlAttr.Size, Unsafe.SizeOf<NlAttr>());
        Assert.Equal(16, Unsafe.SizeOf<IfInfoMsg>());
        Assert.Equal(8, Unsafe.SizeOf<IfAddrMsg>());
        Assert.Equal(4, Unsafe.SizeOf<NfGenMsg>());
        Assert.Equal(18 * sizeof(ulong), Unsafe.SizeOf<LinkStatistics>());
    }
}

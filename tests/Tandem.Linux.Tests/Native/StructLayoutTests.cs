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
        Assert.Equal(20, Unsafe.SizeOf<TpacketAuxdata>());
        Assert.Equal(8, Unsafe.SizeOf<TpacketStats>());
        Assert.Equal(48, Unsafe.SizeOf<SchedAttr>());
        Assert.Equal(VirtioNetHdr.Size, Unsafe.SizeOf<VirtioNetHdr>());
        Assert.Equal(40, Unsafe.SizeOf<IfReq>());
        Assert.Equal(EthtoolLinkSettings.FixedSize + 3 * 127 * sizeof(uint), Unsafe.SizeOf<EthtoolLinkSettings>());
        Assert.Equal(12, Unsafe.SizeOf<SockAddrNl>());
        Assert.Equal(NlMsgHdr.Size, Unsafe.SizeOf<NlMsgHdr>());
        Assert.Equal(NlAttr.Size, Unsafe.SizeOf<NlAttr>());
        Assert.Equal(16, Unsafe.SizeOf<IfInfoMsg>());
        Assert.Equal(8, Unsafe.SizeOf<IfAddrMsg>());
        Assert.Equal(4, Unsafe.SizeOf<NfGenMsg>());
        Assert.Equal(12, Unsafe.SizeOf<RtMsg>());
        Assert.Equal(12, Unsafe.SizeOf<NdMsg>());
        Assert.Equal(4, Unsafe.SizeOf<BridgeVlanInfo>());
        Assert.Equal(20, Unsafe.SizeOf<TcMsg>());
        Assert.Equal(20, Unsafe.SizeOf<GnetStatsQueue>());
        // Sizes of <bpf/libbpf.h>, which reads a structure only up to the size that it states.
        Assert.Equal(80, Unsafe.SizeOf<BpfObjectOpenOpts>());
        Assert.Equal(16, Unsafe.SizeOf<BpfProgAttachOpts>());
        Assert.Equal(24, Unsafe.SizeOf<BpfTcHook>());
        Assert.Equal(32, Unsafe.SizeOf<BpfTcOpts>());
        Assert.Equal(80, Unsafe.SizeOf<BpfProgInfo>());
        Assert.Equal(40, Unsafe.SizeOf<BpfMapInfo>());
        Assert.Equal(20, Unsafe.SizeOf<BpfMapCreate>());
        Assert.Equal(48, Unsafe.SizeOf<BpfProgramLoad>());
        Assert.Equal(16, Unsafe.SizeOf<BpfInfoByFd>());
        Assert.Equal(24, Unsafe.SizeOf<BpfProgramInfo>());
        Assert.Equal(64, Unsafe.SizeOf<BpfProgramQuery>());
        Assert.Equal(18 * sizeof(ulong), Unsafe.SizeOf<LinkStatistics>());
    }
}

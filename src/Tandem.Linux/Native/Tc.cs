using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct tcmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcMsg
{
    public byte Family;
    public byte Padding1;
    public ushort Padding2;
    public int Ifindex;
    public uint Handle;
    public uint Parent;

    /// <summary>The priority in the upper half, the protocol in the lower one.</summary>
    public uint Info;
}

/// <summary>Traffic control over rtnetlink (linux/rtnetlink.h, linux/pkt_sched.h).</summary>
internal static class Tc
{
    public const ushort RTM_NEWTFILTER = 44;
    public const ushort RTM_GETTFILTER = 46;
    public const ushort TCA_KIND = 1;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and the same for egress.</summary>
    public const uint ClsactIngress = 0xffff_fff2;
    public const uint ClsactEgress = 0xffff_fff3;
}

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

/// <summary>Queueing disciplines and filters over rtnetlink (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h).</summary>
internal static class Tc
{
    public const ushort RTM_NEWQDISC = 36;
    public const ushort RTM_GETQDISC = 38;
    public const ushort RTM_NEWTFILTER = 44;
    public const ushort RTM_GETTFILTER = 46;

    public const ushort TCA_KIND = 1;
    public const ushort TCA_OPTIONS = 2;
    public const ushort TCA_BPF_FD = 6;
    public const ushort TCA_BPF_NAME = 7;

    public const uint TC_H_CLSACT = 0xffff_fff1;
    public const uint ClsactHandle = 0xffff_0000;
    public const ushort RTM_DELQDISC = 37;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS).</summary>
    public const ushort RTM_DELTFILTER = 45;
    public const uint ClsactIngress = 0xffff_fff2;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS).</summary>
    public const uint ClsactEgress = 0xffff_fff3;
}

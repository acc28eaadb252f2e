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

    /// <summary>Priority in the upper half, protocol in the lower half.</summary>
    public uint Info;
}

/// <summary>struct gnet_stats_queue (linux/gen_stats.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GnetStatsQueue
{
    public uint Length;
    public uint Backlog;
    public uint Drops;
    public uint Requeues;
    public uint OverLimits;
}

/// <summary>Queueing disciplines and filters over rtnetlink (linux/rtnetlink.h, linux/pkt_sched.h, linux/pkt_cls.h).</summary>
internal static class Tc
{
    public const ushort RTM_NEWQDISC = 36;
    public const ushort RTM_DELQDISC = 37;
    public const ushort RTM_GETQDISC = 38;
    public const ushort RTM_NEWTFILTER = 44;
    public const ushort RTM_DELTFILTER = 45;
    public const ushort RTM_GETTFILTER = 46;

    public const ushort TCA_KIND = 1;
    public const ushort TCA_OPTIONS = 2;
    public const ushort TCA_STATS2 = 7;
    public const ushort TCA_STATS_QUEUE = 3;
    public const ushort TCA_BPF_FD = 6;
    public const ushort TCA_BPF_NAME = 7;

    public const uint TC_H_ROOT = 0xffff_ffff;
    public const uint TC_H_CLSACT = 0xffff_fff1;
    public const uint ClsactHandle = 0xffff_0000;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS).</summary>
    public const uint ClsactIngress = 0xffff_fff2;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS).</summary>
    public const uint ClsactEgress = 0xffff_fff3;
}

using System.Runtime.InteropServices;

namespace Tandem.Linux.Netlink;

/// <summary>struct rtnl_link_stats64 (linux/if_link.h), as far as Tandem shows it.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LinkStatistics
{
    /// <summary>rx_packets.</summary>
    public ulong RxPackets { get; init; }

    /// <summary>tx_packets.</summary>
    public ulong TxPackets { get; init; }

    /// <summary>rx_bytes.</summary>
    public ulong RxBytes { get; init; }

    /// <summary>tx_bytes.</summary>
    public ulong TxBytes { get; init; }

    /// <summary>rx_errors.</summary>
    public ulong RxErrors { get; init; }

    /// <summary>tx_errors.</summary>
    public ulong TxErrors { get; init; }

    /// <summary>rx_dropped.</summary>
    public ulong RxDropped { get; init; }

    /// <summary>tx_dropped.</summary>
    public ulong TxDropped { get; init; }

    /// <summary>multicast.</summary>
    public ulong Multicast { get; init; }

    /// <summary>collisions.</summary>
    public ulong Collisions { get; init; }

    /// <summary>rx_length_errors.</summary>
    public ulong RxLengthErrors { get; init; }

    /// <summary>rx_over_errors.</summary>
    public ulong RxOverErrors { get; init; }

    /// <summary>rx_crc_errors.</summary>
    public ulong RxCrcErrors { get; init; }

    /// <summary>rx_frame_errors.</summary>
    public ulong RxFrameErrors { get; init; }

    /// <summary>rx_fifo_errors.</summary>
    public ulong RxFifoErrors { get; init; }

    /// <summary>rx_missed_errors.</summary>
    public ulong RxMissedErrors { get; init; }

    /// <summary>tx_aborted_errors.</summary>
    public ulong TxAbortedErrors { get; init; }

    /// <summary>tx_carrier_errors.</summary>
    public ulong TxCarrierErrors { get; init; }
}

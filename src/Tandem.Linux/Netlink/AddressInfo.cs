using System.Net;
using System.Net.Sockets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>An IP address of an interface.</summary>
public sealed record AddressInfo
{
    /// <summary>The interface's ifindex.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The address (IFA_LOCAL if present).</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Prefix length in bits.</summary>
    public byte PrefixLength { get; init; }

    /// <summary>The peer address of a point-to-point link; null if there is none.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>The broadcast address; null if there is none.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>RT_SCOPE_*: 0 global, 253 link, 254 host.</summary>
    public byte Scope { get; init; }

    /// <summary>IFA_F_*.</summary>
    public uint Flags { get; init; }

    /// <summary>IPv4 only: the label; null if there is none.</summary>
    public string? Label { get; init; }

    /// <summary>Preferred lifetime in seconds; <see cref="uint.MaxValue"/> for forever.</summary>
    public uint PreferredSeconds { get; init; } = uint.MaxValue;

    /// <summary>Valid lifetime in seconds; <see cref="uint.MaxValue"/> for forever.</summary>
    public uint ValidSeconds { get; init; } = uint.MaxValue;

    /// <summary>Metric of the prefix route; 0 for the default.</summary>
    public uint RoutePriority { get; init; }

    /// <summary>Whether the address may be used: duplicate address detection neither runs nor failed.</summary>
    public bool IsUsable => (Flags & (Rt.IFA_F_TENTATIVE | Rt.IFA_F_DADFAILED)) == 0;

    /// <summary>AF_INET or AF_INET6.</summary>
    internal byte Family => (byte)(Address.AddressFamily == AddressFamily.InterNetwork ? SocketCalls.AF_INET : SocketCalls.AF_INET6);
}

using System.Net;
using System.Net.Sockets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>An IP address of an interface.</summary>
public sealed record AddressInfo
{
    /// <summary>The interface.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The address (IFA_LOCAL where there is one).</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Bits of the network's prefix.</summary>
    public byte PrefixLength { get; init; }

    /// <summary>The other end of a point-to-point link; null if there is none.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>The broadcast address; null if there is none.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>RT_SCOPE_*: 0 global, 253 link, 254 host.</summary>
    public byte Scope { get; init; }

    /// <summary>IFA_F_*.</summary>
    public uint Flags { get; init; }

    /// <summary>IPv4 only: the label; null if there is none.</summary>
    public string? Label { get; init; }

    /// <summary>Seconds for which the address is preferred; <see cref="uint.MaxValue"/> for ever.</summary>
    public uint PreferredSeconds { get; init; } = uint.MaxValue;

    /// <summary>Seconds for which the address is valid; <see cref="uint.MaxValue"/> for ever.</summary>
    public uint ValidSeconds { get; init; } = uint.MaxValue;

    /// <summary>Metric of the prefix route; 0 for the default.</summary>
    public uint RoutePriority { get; init; }

    /// <summary>True if the address may be used: duplicate address detection neither runs nor failed.</summary>
    public bool IsUsable => (Flags & (Rt.IFA_F_TENTATIVE | Rt.IFA_F_DADFAILED)) == 0;

    /// <summary>AF_INET or AF_INET6.</summary>
    internal byte Family => (byte)(Address.AddressFamily == AddressFamily.InterNetwork ? SocketCalls.AF_INET : SocketCalls.AF_INET6);
}

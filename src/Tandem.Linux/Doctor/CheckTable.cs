using System.Collections.Immutable;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor;

/// <summary>The table of checks, in display order.</summary>
internal static class CheckTable
{
    public static ImmutableArray<Check> All { get; } =
    [
        KernelCheck.Kernel,
        RightsChecks.NetAdmin,
        RightsChecks.NetRaw,
        PairCheck.DevicePair,
        TapChecks.Tun,
        TapChecks.TapDevice,
        PacketSocketCheck.PacketSocket,
        NetdevCheck.NftablesNetdev,
        BpfChecks.Ebpf,
        BpfChecks.MappableArray,
        HookCheck.TrafficHook,
        LibbpfCheck.Library,
        RightsChecks.Ebpf,
        BondingDriverCheck.Driver,
        SystemdCheck.ServiceManager,
        ManagersCheck.NetworkManagers,
        IpStackChecks.Ipv6,
        IpStackChecks.Backlog,
    ];
}

using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;

namespace Tandem.Linux.Tests.Doctor;

/// <summary>Made-up findings.</summary>
internal static class Machines
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINVAL = 22;
    public const int ENOSYS = 38;
    public const int EOPNOTSUPP = 95;

    public const ulong AllRights = ulong.MaxValue;

    /// <summary>A machine that has everything, with the service under systemd.</summary>
    public static Machine Complete { get; } =
        new()
        {
            Kernel = Kernel("6.12.1"),
            Rights = new Rights(AllRights, IsFirstUserNamespace: true),
            Pairs = new Pairs(LinuxResult.Ok, LinuxResult.Ok),
            Tap = new Tap(LinuxResult.Ok, LinuxResult.Ok, HasUso: true, LinuxResult.Ok),
            PacketSockets = new PacketSockets(LinuxResult.Ok, LinuxResult.Ok, LinuxResult.Ok),
            Netdev = new Netdev(LinuxResult.Ok),
            Bpf = new Bpf(LinuxResult.Ok, IsCompiled: true, "1", LinuxResult.Ok),
            Hooks = new Hooks(LinuxResult.Ok, null),
            Libbpf = new Libbpf(true, new Version(1, 4)),
            BondingDriver = new BondingDriver(IsLoaded: false, IsBuiltIn: false, IsLoadable: false, []),
            Systemd = new Systemd(IsRunning: true, StartedThis: true, StoreSize: 64),
            Managers = new Managers([]),
            IpStack = new IpStack(HasIpv6: true, 1000),
        };

    /// <summary>The same, seen by a process without rights.</summary>
    public static Machine WithoutRights { get; } =
        Complete with
        {
            Rights = new Rights(0, IsFirstUserNamespace: true),
            Pairs = new Pairs(Error(EPERM), Error(EPERM)),
            Tap = new Tap(LinuxResult.Ok, Error(EPERM), HasUso: false, LinuxResult.Ok),
            PacketSockets = new PacketSockets(Error(EPERM), default, default),
            Netdev = new Netdev(Error(EPERM)),
            Bpf = new Bpf(Error(EPERM), null, "1", Error(EPERM)),
            Hooks = new Hooks(Error(EPERM), null),
        };

    public static Kernel Kernel(string release, params (string Name, string Value)[] config) =>
        new(
            release,
            Linux.Doctor.Probes.KernelProbe.ParseVersion(release),
            config.Length == 0 ? null : config.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal)
        );

    public static LinuxResult Error(int errno) => new(errno);

    public static ulong Rights(params Capability[] capabilities) =>
        capabilities.Aggregate(0UL, (bits, capability) => bits | 1UL << (int)capability);
}

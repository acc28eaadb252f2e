using Tandem.Linux.Doctor;
using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;
using static Tandem.Linux.Tests.Doctor.Machines;

namespace Tandem.Linux.Tests.Doctor;

/// <summary>Conclusions from given findings; the machine is not examined.</summary>
public class DiagnosisTests
{
    private static readonly Dictionary<string, Machine> Cases = new(StringComparer.Ordinal)
    {
        ["old kernel"] = Complete with { Kernel = Kernel("4.19.0-amd64") },
        ["kernel too old for the kernel data path"] = Complete with { Kernel = Kernel("5.4.0") },
        ["kernel with clsact"] = Complete with { Kernel = Kernel("5.15.0") },
        ["nameless kernel"] = Complete with { Kernel = Kernel("mine") },
        ["no tun"] = Complete with { Tap = new Tap(Error(ENOENT), null, false, default) },
        ["no tun driver"] = Complete with
        {
            Kernel = Kernel("6.12.1", ("CONFIG_BPF_SYSCALL", "y")),
            Tap = new Tap(Error(ENOENT), null, false, default),
        },
        ["no pair, no tun"] = Complete with
        {
            Pairs = new Pairs(Error(EOPNOTSUPP), Error(EOPNOTSUPP)),
            Tap = new Tap(Error(ENOENT), null, false, default),
        },
        ["no programs, no tun"] = Complete with
        {
            Bpf = new Bpf(Error(ENOSYS), null, null, Error(ENOSYS)),
            Tap = new Tap(Error(ENOENT), null, false, default),
        },
        ["no netkit"] = Complete with { Pairs = new Pairs(Error(EOPNOTSUPP), LinuxResult.Ok) },
        ["no pair"] = Complete with { Pairs = new Pairs(Error(EOPNOTSUPP), Error(EOPNOTSUPP)) },
        ["no uso"] = Complete with { Tap = new Tap(LinuxResult.Ok, LinuxResult.Ok, false, LinuxResult.Ok) },
        ["no carrier"] = Complete with { Tap = new Tap(LinuxResult.Ok, LinuxResult.Ok, true, Error(EINVAL)) },
        ["another's namespace"] = Complete with { Tap = new Tap(LinuxResult.Ok, Error(EPERM), false, default) },
        ["no rights"] = WithoutRights,
        ["systemd's bounding set"] = Complete with { Rights = new Rights(Rights(Capability.NetAdmin, Capability.NetRaw), true) },
        ["user namespace"] = Complete with { Rights = new Rights(AllRights, false), Bpf = new Bpf(Error(EPERM), null, null, Error(EPERM)) },
        ["seccomp"] = Complete with { Bpf = new Bpf(Error(EPERM), null, "1", Error(EPERM)) },
        ["no bpf"] = Complete with { Bpf = new Bpf(Error(ENOSYS), null, null, Error(ENOSYS)) },
        ["interpreter"] = Complete with { Bpf = new Bpf(LinuxResult.Ok, false, "0", LinuxResult.Ok) },
        ["compiler by sysctl"] = Complete with { Bpf = new Bpf(LinuxResult.Ok, null, "0", LinuxResult.Ok) },
        ["no mappable arrays"] = Complete with { Bpf = new Bpf(LinuxResult.Ok, true, "1", Error(EINVAL)) },
        ["clsact"] = Complete with { Hooks = new Hooks(Error(EINVAL), LinuxResult.Ok) },
        ["no hooks"] = Complete with { Hooks = new Hooks(Error(EINVAL), Error(ENOENT)) },
        ["no libbpf"] = Complete with { Libbpf = new Libbpf(false, null) },
        ["old libbpf"] = Complete with { Libbpf = new Libbpf(true, new Version(0, 8)) },
        ["no netdev"] = Complete with { Netdev = new Netdev(Error(EOPNOTSUPP)) },
        ["driver in use"] = Complete with { BondingDriver = new BondingDriver(true, false, true, ["bond0", "bond1"]) },
        ["driver loaded"] = Complete with { BondingDriver = new BondingDriver(true, false, true, []) },
        ["driver unseen"] = Complete with { BondingDriver = new BondingDriver(false, null, null, []) },
        ["driver not built"] = Complete with
        {
            Kernel = Kernel("6.12.1", ("CONFIG_TUN", "y")),
            BondingDriver = new BondingDriver(false, null, null, []),
        },
        ["no systemd"] = Complete with { Systemd = new Systemd(false, false, 0) },
        ["not systemd's"] = Complete with { Systemd = new Systemd(true, false, 0) },
        ["no store"] = Complete with { Systemd = new Systemd(true, true, 0) },
        ["NetworkManager"] = Complete with { Managers = new Managers(["NetworkManager"]) },
        ["no IPv6"] = Complete with { IpStack = new IpStack(false, 1000) },
        ["small backlog"] = Complete with { IpStack = new IpStack(true, 300) },
        ["hidden backlog"] = Complete with { IpStack = new IpStack(true, null) },
        ["hanging probe"] = Complete with { Bpf = new Observation<Bpf>(null, "no answer within 1 s") },
    };

    [Fact]
    public void A_complete_machine_has_nothing_to_complain_of()
    {
        var diagnosis = Conclusions.Diagnose(Complete);
        Assert.True(diagnosis.CanBond);
        Assert.All(diagnosis.Checks, check => Assert.Equal((CheckStatus.Ok, null, null), (check.Status, check.Cost, check.Remedy)));
        Assert.Equal(
            ["data-path ebpf", "device netkit", "hook tcx", "ingress-guard nftables", "upgrade carrier-kept", "after-kill carrier-kept"],
            diagnosis.Conclusions.Select(one => $"{one.Subject} {one.Choice}")
        );
    }

    // All else on the machine is available. The arguments are the check that is not ok, and the data path that then carries frames.
    [Theory]
    [InlineData("old kernel", "kernel", CheckStatus.Missing, "csharp")]
    [InlineData("kernel too old for the kernel data path", "kernel", CheckStatus.Missing, "csharp")]
    [InlineData("kernel with clsact", "kernel", CheckStatus.Limited, "ebpf")]
    [InlineData("nameless kernel", "kernel", CheckStatus.Unknown, "csharp")]
    [InlineData("no tun", "tun", CheckStatus.Missing, "ebpf")]
    [InlineData("no tun driver", "tun", CheckStatus.Missing, "ebpf")]
    [InlineData("no pair", "device-pair", CheckStatus.Missing, "ebpf")]
    [InlineData("no netkit", "device-pair", CheckStatus.Ok, "ebpf")]
    [InlineData("no pair, no tun", "device-pair", CheckStatus.Missing, "none")]
    [InlineData("no programs, no tun", "tun", CheckStatus.Missing, "none")]
    [InlineData("no uso", "tap-device", CheckStatus.Limited, "ebpf")]
    [InlineData("no carrier", "tap-device", CheckStatus.Missing, "ebpf")]
    [InlineData("another's namespace", "tap-device", CheckStatus.Missing, "ebpf")]
    [InlineData("no rights", "net-admin", CheckStatus.Missing, "none")]
    [InlineData("no rights", "packet-socket", CheckStatus.Unknown, "none")]
    [InlineData("no rights", "ebpf", CheckStatus.Unknown, "none")]
    [InlineData("no rights", "traffic-hook", CheckStatus.Unknown, "none")]
    [InlineData("systemd's bounding set", "ebpf-rights", CheckStatus.Missing, "csharp")]
    [InlineData("user namespace", "ebpf-rights", CheckStatus.Missing, "csharp")]
    [InlineData("user namespace", "ebpf", CheckStatus.Missing, "csharp")]
    [InlineData("seccomp", "ebpf", CheckStatus.Missing, "csharp")]
    [InlineData("no bpf", "ebpf", CheckStatus.Missing, "csharp")]
    [InlineData("interpreter", "ebpf", CheckStatus.Limited, "ebpf")]
    [InlineData("compiler by sysctl", "ebpf", CheckStatus.Limited, "ebpf")]
    [InlineData("no mappable arrays", "mappable-array", CheckStatus.Missing, "csharp")]
    [InlineData("clsact", "traffic-hook", CheckStatus.Ok, "ebpf")]
    [InlineData("no hooks", "traffic-hook", CheckStatus.Missing, "csharp")]
    [InlineData("no libbpf", "libbpf", CheckStatus.Missing, "csharp")]
    [InlineData("old libbpf", "libbpf", CheckStatus.Missing, "csharp")]
    [InlineData("no netdev", "nftables-netdev", CheckStatus.Missing, "ebpf")]
    [InlineData("driver in use", "bonding-driver", CheckStatus.Limited, "ebpf")]
    [InlineData("driver loaded", "bonding-driver", CheckStatus.Limited, "ebpf")]
    [InlineData("driver unseen", "bonding-driver", CheckStatus.Unknown, "ebpf")]
    [InlineData("driver not built", "bonding-driver", CheckStatus.Ok, "ebpf")]
    [InlineData("no systemd", "systemd", CheckStatus.Missing, "ebpf")]
    [InlineData("not systemd's", "systemd", CheckStatus.Limited, "ebpf")]
    [InlineData("no store", "systemd", CheckStatus.Limited, "ebpf")]
    [InlineData("NetworkManager", "network-managers", CheckStatus.Limited, "ebpf")]
    [InlineData("no IPv6", "ipv6", CheckStatus.Missing, "ebpf")]
    [InlineData("small backlog", "backlog", CheckStatus.Limited, "ebpf")]
    [InlineData("hidden backlog", "backlog", CheckStatus.Unknown, "ebpf")]
    [InlineData("hanging probe", "ebpf", CheckStatus.Unknown, "csharp")]
    public void Each_finding_has_its_consequence(string machine, string id, CheckStatus status, string dataPath)
    {
        var diagnosis = Conclusions.Diagnose(Cases[machine]);
        Assert.Equal(status, diagnosis.Checks.Single(check => check.Id == id).Status);
        Assert.Equal(dataPath, diagnosis.Conclusions.Single(one => one.Subject == "data-path").Choice);
        Assert.Equal(dataPath != "none", diagnosis.CanBond);
    }

    [Fact]
    public void Each_missing_or_limited_facility_has_a_cost_and_a_remedy() =>
        Assert.All(
            Cases.Values.SelectMany(machine => Conclusions.Diagnose(machine).Checks),
            check =>
            {
                Assert.NotEmpty(check.Found);
                Assert.NotEmpty(check.UsedFor);
                Assert.Equal(
                    check.Status is CheckStatus.Missing or CheckStatus.Limited,
                    check.Cost is not null && check.Remedy is not null
                );
            }
        );

    [Fact]
    public void Ids_are_unique_and_kebab_case()
    {
        var ids = CheckTable.All.Select(check => check.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", id));
    }

    [Fact]
    public void The_conclusion_names_the_obstacles_to_the_kernel_data_path()
    {
        var machine = Complete with { Libbpf = new Libbpf(false, null), Rights = new Rights(AllRights, false) };
        var reason = Conclusions.Diagnose(machine).Conclusions[0].Reason;
        Assert.Contains("libbpf (missing), ebpf-rights (missing)", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_available_hook_is_used()
    {
        var diagnosis = Conclusions.Diagnose(Cases["clsact"]);
        Assert.Equal("clsact", diagnosis.Conclusions.Single(one => one.Subject == "hook").Choice);
    }
}

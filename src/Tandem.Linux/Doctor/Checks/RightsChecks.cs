namespace Tandem.Linux.Doctor.Checks;

/// <summary>Capability numbers (linux/capability.h).</summary>
internal enum Capability
{
    NetAdmin = 12,
    NetRaw = 13,
    SysAdmin = 21,

    /// <summary>Since Linux 5.8.</summary>
    Bpf = 39,
}

/// <summary>Rights of this process.</summary>
/// <param name="Effective">Bit mask of the effective capabilities.</param>
/// <param name="IsFirstUserNamespace">Whether the process is in the initial user namespace.</param>
internal sealed record Rights(ulong Effective, bool IsFirstUserNamespace)
{
    public bool Has(Capability capability) => (Effective >> (int)capability & 1) != 0;
}

/// <summary>Whether this process has the rights that bonds and the kernel data path need.</summary>
internal static class RightsChecks
{
    public static Check NetAdmin { get; } =
        Single(
            "net-admin",
            Capability.NetAdmin,
            "NET_ADMIN",
            "creating bond0 and configuring members",
            "no bond: interfaces cannot be changed"
        );

    public static Check NetRaw { get; } =
        Single("net-raw", Capability.NetRaw, "NET_RAW", "sending and receiving on members", "no bond: frames of members cannot be reached");

    public static Check Ebpf { get; } =
        Check.Of(
            "ebpf-rights",
            "loading the kernel data path's programs, and finding them again",
            Need.KernelPath,
            machine => machine.Rights,
            JudgeEbpf
        );

    private static Check Single(string id, Capability capability, string name, string usedFor, string cost) =>
        Check.Of(
            id,
            usedFor,
            Need.Bond,
            machine => machine.Rights,
            (rights, _) =>
                rights.Has(capability)
                    ? Verdict.Ok($"CAP_{name}")
                    : Verdict.Missing($"no CAP_{name}", cost, $"run as root, or give the container --cap-add {name}")
        );

    private static Verdict JudgeEbpf(Rights rights, Machine machine)
    {
        var absent = new List<string>();
        if (!rights.Has(Capability.NetAdmin))
            absent.Add("CAP_NET_ADMIN");
        if (!rights.Has(Capability.Bpf) && !rights.Has(Capability.SysAdmin) && machine.IsAtLeast(5, 8))
            absent.Add("CAP_BPF");
        if (!rights.Has(Capability.SysAdmin))
            absent.Add("CAP_SYS_ADMIN");
        const string Cost = "no kernel data path: frames go through the socket data path";
        if (absent.Count > 0)
            return Verdict.Missing(
                $"no {string.Join(", no ", absent)}",
                Cost,
                $"run as root; in a container or a unit add {string.Join(", ", absent)}"
            );
        return rights.IsFirstUserNamespace
            ? Verdict.Ok("CAP_NET_ADMIN, CAP_BPF, CAP_SYS_ADMIN in the initial user namespace")
            : Verdict.Missing("this is not the initial user namespace", Cost, "run it outside of the user namespace (a rootful container)");
    }
}

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Capabilities by their numbers (linux/capability.h).</summary>
internal enum Capability
{
    NetAdmin = 12,
    NetRaw = 13,
    SysAdmin = 21,

    /// <summary>Since 5.8.</summary>
    Bpf = 39,
}

/// <summary>What this process may do.</summary>
/// <param name="Effective">The effective capabilities, a bit each.</param>
/// <param name="IsFirstUserNamespace">Whether it is in the user namespace with which the machine started.</param>
internal sealed record Rights(ulong Effective, bool IsFirstUserNamespace)
{
    public bool Has(Capability capability) => (Effective >> (int)capability & 1) != 0;
}

/// <summary>Whether this process may do what bonds and the fast path need.</summary>
internal static class RightsChecks
{
    public static Check NetAdmin { get; } =
        Single("net-admin", Capability.NetAdmin, "NET_ADMIN", "making bond0 and changing members", "no bond: interfaces cannot be changed");

    public static Check NetRaw { get; } =
        Single("net-raw", Capability.NetRaw, "NET_RAW", "sending and receiving on members", "no bond: frames of members cannot be reached");

    public static Check Ebpf { get; } =
        Check.Of("ebpf-rights", "loading the fast path, and finding it again", Need.FastPath, machine => machine.Rights, JudgeEbpf);

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
        const string Cost = "no fast path: frames go through the C# data path";
        if (absent.Count > 0)
            return Verdict.Missing(
                $"no {string.Join(", no ", absent)}",
                Cost,
                $"run as root; in a container or a unit add {string.Join(", ", absent)}"
            );
        return rights.IsFirstUserNamespace
            ? Verdict.Ok("CAP_NET_ADMIN, CAP_BPF, CAP_SYS_ADMIN in the first user namespace")
            : Verdict.Missing("this is not the first user namespace", Cost, "run it outside of the user namespace (a rootful container)");
    }
}

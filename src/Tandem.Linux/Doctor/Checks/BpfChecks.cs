using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>What came of trying eBPF.</summary>
/// <param name="Loaded">What came of loading a program of two instructions.</param>
/// <param name="IsCompiled">Whether the kernel compiled it to machine code; null where that is not to be seen.</param>
/// <param name="Compiler">What net.core.bpf_jit_enable says; null where it is not to be seen.</param>
/// <param name="Mapped">What came of making an array and mapping it into memory.</param>
internal sealed record Bpf(LinuxResult Loaded, bool? IsCompiled, string? Compiler, LinuxResult Mapped);

/// <summary>Whether the kernel takes the fast path's programs and maps.</summary>
internal static class BpfChecks
{
    private const string Cost = "no fast path: frames go through the C# data path";

    public static Check Ebpf { get; } =
        Check.Of("ebpf", "the fast path, which forwards in the kernel", Need.FastPath, machine => machine.Bpf, JudgeProgram);

    public static Check MappableArray { get; } =
        Check.Of("mappable-array", "telling the fast path a new plan with one store", Need.FastPath, machine => machine.Bpf, JudgeMap);

    private static Verdict JudgeProgram(Bpf bpf, Machine machine)
    {
        if (!bpf.Loaded.IsOk)
            return Refused(bpf.Loaded, machine, "a program cannot be loaded");
        var isCompiled = bpf.IsCompiled ?? (bpf.Compiler is { } sysctl ? sysctl != "0" : null);
        return isCompiled switch
        {
            true => Verdict.Ok("programs are loaded and compiled"),
            false => Verdict.Limited(
                "programs are loaded, and interpreted",
                "the fast path is several times slower than it could be",
                "sysctl net.core.bpf_jit_enable=1"
            ),
            null => Verdict.Ok("programs are loaded; whether they are compiled is not to be seen"),
        };
    }

    private static Verdict JudgeMap(Bpf bpf, Machine machine)
    {
        if (bpf.Mapped.IsOk)
            return Verdict.Ok("arrays can be mapped into memory");
        return bpf.Mapped.Errno == Errno.EINVAL
            ? Verdict.Missing("the kernel maps no arrays into memory", Cost, "use a kernel of 5.10 or newer")
            : Refused(bpf.Mapped, machine, "no array can be mapped into memory");
    }

    private static Verdict Refused(LinuxResult error, Machine machine, string what)
    {
        if (error.Errno == Errno.ENOSYS || machine.Config("CONFIG_BPF_SYSCALL") == "n")
            return Verdict.Missing("the kernel has no bpf system call", Cost, "use a kernel with CONFIG_BPF_SYSCALL");
        if (error.Errno != Errno.EPERM)
            return Verdict.Missing($"{what}: {error}", Cost, "the log of the kernel may say more (dmesg)");
        var mayTry = machine.Has(Capability.NetAdmin) && (machine.Has(Capability.Bpf) || machine.Has(Capability.SysAdmin));
        if (!mayTry)
            return Verdict.Unknown("not to be tried without CAP_NET_ADMIN and CAP_BPF");
        return machine.Rights.Value!.IsFirstUserNamespace
            ? Verdict.Missing(
                $"{what}: not permitted, although the rights are here",
                Cost,
                "allow the system call bpf: seccomp profile of the container, SystemCallFilter=bpf of the unit, kernel lockdown"
            )
            : Verdict.Missing($"{what}: not permitted in this user namespace", Cost, "run it outside of the user namespace");
    }
}

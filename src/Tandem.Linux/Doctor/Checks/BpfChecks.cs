using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Results of trying eBPF.</summary>
/// <param name="Loaded">Result of loading a program of two instructions.</param>
/// <param name="IsCompiled">Whether the kernel compiled it to machine code; null if unknown.</param>
/// <param name="Compiler">The value of net.core.bpf_jit_enable; null if unknown.</param>
/// <param name="Mapped">Result of creating an array and mapping it into memory.</param>
internal sealed record Bpf(LinuxResult Loaded, bool? IsCompiled, string? Compiler, LinuxResult Mapped);

/// <summary>Whether the kernel accepts the programs and maps of the kernel data path.</summary>
internal static class BpfChecks
{
    private const string Cost = "no kernel data path: frames go through the socket data path";

    public static Check Ebpf { get; } = Check.Of("ebpf", "the kernel data path", Need.KernelPath, machine => machine.Bpf, JudgeProgram);

    public static Check MappableArray { get; } =
        Check.Of(
            "mappable-array",
            "publishing a new plan to the kernel data path with one store",
            Need.KernelPath,
            machine => machine.Bpf,
            JudgeMap
        );

    private static Verdict JudgeProgram(Bpf bpf, Machine machine)
    {
        if (!bpf.Loaded.IsOk)
            return Refused(bpf.Loaded, machine, "a program cannot be loaded");
        var isCompiled = bpf.IsCompiled ?? (bpf.Compiler is { } sysctl ? sysctl != "0" : null);
        return isCompiled switch
        {
            true => Verdict.Ok("programs can be loaded, and are compiled"),
            false => Verdict.Limited(
                "programs can be loaded, but are interpreted",
                "the kernel data path is several times slower than it could be",
                "sysctl net.core.bpf_jit_enable=1"
            ),
            null => Verdict.Ok("programs can be loaded; whether they are compiled cannot be determined"),
        };
    }

    private static Verdict JudgeMap(Bpf bpf, Machine machine)
    {
        if (bpf.Mapped.IsOk)
            return Verdict.Ok("arrays can be mapped into memory");
        return bpf.Mapped.Errno == Errno.EINVAL
            ? Verdict.Missing("the kernel maps no arrays into memory", Cost, "use kernel 5.10 or newer")
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
            return Verdict.Unknown("cannot be tested without CAP_NET_ADMIN and CAP_BPF");
        return machine.Rights.Value!.IsFirstUserNamespace
            ? Verdict.Missing(
                $"{what}: not permitted, although the capabilities are present",
                Cost,
                "allow the system call bpf: seccomp profile of the container, SystemCallFilter=bpf of the unit, kernel lockdown"
            )
            : Verdict.Missing($"{what}: not permitted in this user namespace", Cost, "run it outside of the user namespace");
    }
}

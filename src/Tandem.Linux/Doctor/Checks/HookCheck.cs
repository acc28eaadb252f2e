using Tandem.Linux.Native;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Results of looking for hooks for the programs.</summary>
/// <param name="Tcx">Result of <see cref="TcxHook.Query"/>.</param>
/// <param name="Clsact">Result of attaching a program to clsact, on a temporary device; null if it was not tried.</param>
internal sealed record Hooks(LinuxResult Tcx, LinuxResult? Clsact)
{
    public bool HasTcx => TcxHook.IsPresent(Tcx);

    public bool HasClsact => Clsact is { IsOk: true };
}

/// <summary>Whether the kernel has a hook for the programs.</summary>
internal static class HookCheck
{
    public static Check TrafficHook { get; } =
        Check.Of("traffic-hook", "the hook at which the kernel data path sees frames", Need.KernelPath, machine => machine.Hooks, Judge);

    private static Verdict Judge(Hooks hooks, Machine machine)
    {
        if (hooks.HasTcx)
            return Verdict.Ok("TCX");
        if (hooks.HasClsact)
            return Verdict.Ok("clsact with cls_bpf; no TCX");
        if (hooks.Clsact is null)
            return Verdict.Unknown($"cannot be tested here ({hooks.Tcx}); {Expected(machine)}");
        return Verdict.Missing(
            $"no TCX ({hooks.Tcx}), no clsact ({hooks.Clsact})",
            "no kernel data path: frames go through the socket data path",
            "use kernel 6.6 or newer, or one with CONFIG_NET_SCH_INGRESS and CONFIG_NET_CLS_BPF"
        );
    }

    private static string Expected(Machine machine)
    {
        if (machine.IsAtLeast(6, 6))
            return "a kernel of this version has TCX";
        return (machine.Config("CONFIG_NET_SCH_INGRESS"), machine.Config("CONFIG_NET_CLS_BPF")) switch
        {
            (null, _) or (_, null) => "the kernel's build configuration cannot be determined",
            ("n", _) or (_, "n") => "the kernel was built without clsact",
            _ => "the kernel was built with clsact",
        };
    }
}

using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>What came of asking for the hooks on which the fast path hangs.</summary>
/// <param name="Tcx">What came of asking which programs a TCX hook has.</param>
/// <param name="Clsact">What came of hanging a program on clsact, on a device that is gone again; null if it was not tried.</param>
internal sealed record Hooks(LinuxResult Tcx, LinuxResult? Clsact)
{
    /// <summary>A hook without programs answers ENOENT on some kernels.</summary>
    public bool HasTcx => Tcx.Errno is 0 or Errno.ENOENT;

    public bool HasClsact => Clsact is { IsOk: true };
}

/// <summary>Whether the fast path has a hook to hang on.</summary>
internal static class HookCheck
{
    public static Check TrafficHook { get; } =
        Check.Of("traffic-hook", "the place where the fast path sees frames", Need.FastPath, machine => machine.Hooks, Judge);

    private static Verdict Judge(Hooks hooks, Machine machine)
    {
        if (hooks.HasTcx)
            return Verdict.Ok("TCX");
        if (hooks.HasClsact)
            return Verdict.Ok("clsact with cls_bpf; no TCX");
        if (hooks.Clsact is null)
            return Verdict.Unknown($"not to be tried here ({hooks.Tcx}); {Expected(machine)}");
        return Verdict.Missing(
            $"no TCX ({hooks.Tcx}), no clsact ({hooks.Clsact})",
            "no fast path: frames go through the C# data path",
            "use a kernel of 6.6 or newer, or one with CONFIG_NET_SCH_INGRESS and CONFIG_NET_CLS_BPF"
        );
    }

    private static string Expected(Machine machine)
    {
        if (machine.IsAtLeast(6, 6))
            return "a kernel of this version has TCX";
        return (machine.Config("CONFIG_NET_SCH_INGRESS"), machine.Config("CONFIG_NET_CLS_BPF")) switch
        {
            (null, _) or (_, null) => "how the kernel was built is not to be seen",
            ("n", _) or (_, "n") => "the kernel was built without clsact",
            _ => "the kernel was built with clsact",
        };
    }
}

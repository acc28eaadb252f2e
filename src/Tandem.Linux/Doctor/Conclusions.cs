using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor;

/// <summary>Concludes from the checks what will be used.</summary>
internal static class Conclusions
{
    /// <summary>Runs all checks on the findings, and concludes.</summary>
    public static Diagnosis Diagnose(Machine machine)
    {
        var results = CheckTable.All.Select(check => (Check: check, Result: check.Run(machine))).ToList();
        var inTheWay = Lacking(Need.Bond, result => result.Status == CheckStatus.Missing);
        var slowing = Lacking(Need.KernelPath, result => !result.IsUsable);
        var withoutPair = slowing.Length > 0 ? slowing : Lacking(Need.Pair, result => !result.IsUsable);
        var withoutTap = Lacking(Need.Tap, result => result.Status == CheckStatus.Missing);
        var blocking =
            inTheWay.Length > 0 ? inTheWay
            : withoutPair.Length > 0 && withoutTap.Length > 0 ? $"{withoutTap}, {withoutPair}"
            : "";
        var conclusions =
            blocking.Length > 0
                ? [new Conclusion("data-path", "none", $"no bond can be created: {blocking}")]
                : Draw(machine, results.ConvertAll(one => one.Result), slowing, withoutPair);
        return new Diagnosis(blocking.Length == 0, results.ConvertAll(one => one.Result), conclusions);

        string Lacking(Need need, Func<CheckResult, bool> isLacking) =>
            Names(results.Where(one => one.Check.NeededFor.HasFlag(need) && isLacking(one.Result)).Select(one => one.Result));
    }

    private static Conclusion[] Draw(Machine machine, IReadOnlyList<CheckResult> results, string withoutFastPath, string withoutPair)
    {
        var isFast = withoutFastPath.Length == 0;
        var isPair = withoutPair.Length == 0;
        return
        [
            isFast
                ? new Conclusion(
                    "data-path",
                    "ebpf",
                    "everything the kernel data path needs is available; data_path csharp selects the socket data path for a bond"
                )
                : new Conclusion("data-path", "csharp", $"the kernel data path is not available on this machine: {withoutFastPath}"),
            isPair
                ? new Conclusion(
                    "device",
                    machine.Pairs.Value?.Kind ?? "veth",
                    "one end of a pair: captures, counters and shaping see all frames"
                )
                : new Conclusion("device", "tap", $"no pair of devices: {withoutPair}"),
            isFast ? Hook(machine) : new Conclusion("hook", "none", "the socket data path needs packet sockets only"),
            IsOk(results, "nftables-netdev")
                ? new Conclusion(
                    "ingress-guard",
                    "nftables",
                    "an nftables chain keeps frames received on members from the host's own stack"
                )
                : new Conclusion(
                    "ingress-guard",
                    "noarp",
                    "members get NOARP and no IPv6, since the kernel has no nftables chains of the netdev family"
                ),
            new Conclusion("upgrade", "carrier-kept", "on SIGHUP the service executes its new version; bond0 keeps its carrier"),
            isPair ? new Conclusion("after-kill", "carrier-kept", "no process has to hold the device of a bond open")
            : IsOk(results, "systemd")
                ? new Conclusion("after-kill", "carrier-kept", "systemd's file descriptor store holds bond0 for the next service")
            : new Conclusion(
                "after-kill",
                "carrier-lost",
                "no process holds bond0 after the service is killed: it has no carrier until the next service starts"
            ),
        ];
    }

    private static Conclusion Hook(Machine machine) =>
        machine.Hooks.Value is { HasTcx: true }
            ? new Conclusion("hook", "tcx", "the kernel has TCX (6.6 and newer)")
            : new Conclusion("hook", "clsact", "the kernel has clsact, but no TCX (6.6 and newer)");

    private static bool IsOk(IEnumerable<CheckResult> results, string id) =>
        results.Any(result => result.Id == id && result.Status == CheckStatus.Ok);

    private static string Names(IEnumerable<CheckResult> results) =>
        string.Join(", ", results.Select(result => $"{result.Id} ({StatusWords.Of(result.Status)})"));
}

/// <summary>Names of check results.</summary>
public static class StatusWords
{
    /// <summary>The name in messages: <c>ok</c>.</summary>
    public static string Of(CheckStatus status) => status.ToString().ToLowerInvariant();
}

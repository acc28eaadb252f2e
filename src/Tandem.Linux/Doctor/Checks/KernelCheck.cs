namespace Tandem.Linux.Doctor.Checks;

/// <summary>The running kernel.</summary>
/// <param name="Release">Its release, as in <c>uname -r</c>.</param>
/// <param name="Version">The release's version; null if it cannot be parsed.</param>
/// <param name="Config">Relevant build options; null if unknown.</param>
internal sealed record Kernel(string Release, Version? Version, IReadOnlyDictionary<string, string>? Config);

/// <summary>Whether the kernel is new enough.</summary>
internal static class KernelCheck
{
    public static Check Kernel { get; } =
        Check.Of("kernel", "everything; the kernel data path needs 5.10", Need.KernelPath, machine => machine.Kernel, Judge);

    private static Verdict Judge(Kernel kernel, Machine machine)
    {
        if (kernel.Version is null)
            return Verdict.Unknown($"{kernel.Release}: the version cannot be parsed");
        if (!machine.IsAtLeast(5, 10))
            return Verdict.Missing(
                machine.IsAtLeast(5, 0) ? $"{kernel.Release}, older than 5.10" : $"{kernel.Release}, older than 5.0",
                machine.IsAtLeast(5, 0)
                    ? "no kernel data path: frames go through the socket data path"
                    : "no kernel data path, and no bond unless the distribution has backported what Tandem needs",
                "use kernel 6.6 or newer"
            );
        if (!machine.IsAtLeast(6, 2))
            return Verdict.Limited(
                kernel.Release,
                "no UDP segmentation through bond0 before 6.2, and clsact instead of TCX before 6.6",
                "no action needed; kernel 6.6 or newer has both"
            );
        return Verdict.Ok(kernel.Release);
    }
}

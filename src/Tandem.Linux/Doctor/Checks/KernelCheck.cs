namespace Tandem.Linux.Doctor.Checks;

/// <summary>The kernel that runs.</summary>
/// <param name="Release">Its release, as <c>uname -r</c> has it.</param>
/// <param name="Version">The version in it; null if it cannot be read.</param>
/// <param name="Config">How it was built, as far as it matters; null where that is not to be found.</param>
internal sealed record Kernel(string Release, Version? Version, IReadOnlyDictionary<string, string>? Config);

/// <summary>Whether the kernel is new enough.</summary>
internal static class KernelCheck
{
    public static Check Kernel { get; } =
        Check.Of("kernel", "all of it; the fast path needs 5.10", Need.FastPath, machine => machine.Kernel, Judge);

    private static Verdict Judge(Kernel kernel, Machine machine)
    {
        if (kernel.Version is null)
            return Verdict.Unknown($"{kernel.Release}: no version can be read");
        if (!machine.IsAtLeast(5, 10))
            return Verdict.Missing(
                machine.IsAtLeast(5, 0) ? $"{kernel.Release}, older than 5.10" : $"{kernel.Release}, older than 5.0",
                machine.IsAtLeast(5, 0)
                    ? "no fast path: frames go through the C# data path"
                    : "no fast path, and no bond unless the distribution brought in what Tandem needs",
                "use a kernel of 6.6 or newer"
            );
        if (!machine.IsAtLeast(6, 2))
            return Verdict.Limited(
                kernel.Release,
                "no UDP segmentation through bond0 before 6.2, and clsact instead of TCX before 6.6",
                "nothing is broken; a kernel of 6.6 or newer has both"
            );
        return Verdict.Ok(kernel.Release);
    }
}

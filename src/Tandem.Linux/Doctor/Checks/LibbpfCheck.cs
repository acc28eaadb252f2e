namespace Tandem.Linux.Doctor.Checks;

/// <summary>The library that loads programs into the kernel.</summary>
/// <param name="IsFound">Whether it can be loaded.</param>
/// <param name="Version">Its version; null if it does not say (before 0.6 and 1.0 it need not).</param>
internal sealed record Libbpf(bool IsFound, Version? Version);

/// <summary>Whether the fast path has its loader.</summary>
internal static class LibbpfCheck
{
    public const string FileName = "libbpf.so.1";

    private const string Cost = "no fast path: frames go through the C# data path";
    private const string Remedy = "install libbpf 1.0 or newer (Debian, Ubuntu: apt install libbpf1; Fedora: dnf install libbpf)";

    public static Check Library { get; } =
        Check.Of("libbpf", "loading the fast path into the kernel", Need.FastPath, machine => machine.Libbpf, Judge);

    private static Verdict Judge(Libbpf library, Machine machine)
    {
        if (!library.IsFound)
            return Verdict.Missing($"{FileName} is not there", Cost, Remedy);
        if (library.Version is not { } version)
            return Verdict.Ok($"{FileName}, of a version that it does not tell");
        return version >= new Version(1, 0)
            ? Verdict.Ok($"{FileName}, version {version}")
            : Verdict.Missing($"{FileName}, version {version}, is too old", Cost, Remedy);
    }
}

namespace Tandem.Linux.Doctor.Checks;

/// <summary>The library that loads eBPF programs.</summary>
/// <param name="IsFound">Whether it can be loaded.</param>
/// <param name="Version">Its version; null if it reports none (possible before 1.0).</param>
internal sealed record Libbpf(bool IsFound, Version? Version);

/// <summary>Whether libbpf is present.</summary>
internal static class LibbpfCheck
{
    public const string FileName = "libbpf.so.1";

    private const string Cost = "no kernel data path: frames go through the socket data path";
    private const string Remedy = "install libbpf 1.0 or newer (Debian, Ubuntu: apt install libbpf1; Fedora: dnf install libbpf)";

    public static Check Library { get; } =
        Check.Of("libbpf", "loading the kernel data path's programs", Need.KernelPath, machine => machine.Libbpf, Judge);

    private static Verdict Judge(Libbpf library, Machine machine)
    {
        if (!library.IsFound)
            return Verdict.Missing($"{FileName} is not installed", Cost, Remedy);
        if (library.Version is not { } version)
            return Verdict.Ok($"{FileName}, version unknown");
        return version >= new Version(1, 0)
            ? Verdict.Ok($"{FileName}, version {version}")
            : Verdict.Missing($"{FileName}, version {version}, is too old", Cost, Remedy);
    }
}

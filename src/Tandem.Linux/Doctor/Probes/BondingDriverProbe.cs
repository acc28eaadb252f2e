using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Looks for the kernel's own bonding driver.</summary>
internal static class BondingDriverProbe
{
    private const string Module = "/bonding.ko";

    // Some machines have modules only in /usr/lib, others in /lib; a unit may lack access to both.
    private static readonly string[] s_roots = ["/lib/modules", "/usr/lib/modules"];

    public static BondingDriver Look()
    {
        var release = KernelProbe.Release();
        var folder = s_roots.Select(root => $"{root}/{release}").FirstOrDefault(Directory.Exists);
        return new BondingDriver(
            Directory.Exists("/sys/module/bonding"),
            Lists(folder, "modules.builtin"),
            Lists(folder, "modules.dep"),
            Bonds()
        );
    }

    private static bool? Lists(string? folder, string file)
    {
        try
        {
            return folder is null || !File.Exists($"{folder}/{file}")
                ? null
                : File.ReadLines($"{folder}/{file}").Any(line => line.Split(':')[0].Contains(Module, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] Bonds()
    {
        try
        {
            return Directory.Exists("/proc/self/net/bonding")
                ?
                [
                    .. Directory
                        .EnumerateFiles("/proc/self/net/bonding")
                        .Select(path => Path.GetFileName(path))
                        .Order(StringComparer.Ordinal),
                ]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

using System.Globalization;
using System.IO.Compression;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Reads the kernel's release and build options.</summary>
internal static class KernelProbe
{
    private static readonly HashSet<string> s_wanted = new(StringComparer.Ordinal)
    {
        "CONFIG_BONDING",
        "CONFIG_BPF_SYSCALL",
        "CONFIG_NET_CLS_BPF",
        "CONFIG_NET_SCH_INGRESS",
        "CONFIG_NF_TABLES_NETDEV",
        "CONFIG_TUN",
    };

    public static Kernel Look()
    {
        var release = Release();
        return new Kernel(release, ParseVersion(release), ReadConfig(release));
    }

    public static string Release() => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    /// <summary>Major and minor version of a release such as <c>6.18.44-1-amd64</c>.</summary>
    public static Version? ParseVersion(string release)
    {
        var parts = release.Split('.', '-', '+');
        return
            parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new Version(major, minor)
            : null;
    }

    /// <summary>The relevant options among the lines of a kernel configuration.</summary>
    public static Dictionary<string, string> ParseConfig(IEnumerable<string> lines)
    {
        var config = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && s_wanted.Contains(line[..equals]))
                config[line[..equals]] = line[(equals + 1)..];
        }
        return config;
    }

    private static Dictionary<string, string>? ReadConfig(string release)
    {
        try
        {
            if (File.Exists("/proc/config.gz"))
            {
                using var packed = new GZipStream(File.OpenRead("/proc/config.gz"), CompressionMode.Decompress);
                using var text = new StreamReader(packed);
                return ParseConfig(Lines(text));
            }
            var file = $"/boot/config-{release}";
            return File.Exists(file) ? ParseConfig(File.ReadLines(file)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Lines(StreamReader text)
    {
        while (text.ReadLine() is { } line)
            yield return line;
    }
}

using System.Globalization;

namespace Tandem.Daemon.Hosting;

/// <summary>Checks what the service needs of the machine, before anything is changed.</summary>
internal static class Prerequisites
{
    // Numbers of capabilities (linux/capability.h): interfaces and routes; packet sockets.
    private const int NetAdmin = 12;
    private const int NetRaw = 13;

    /// <summary>Returns what is missing and the remedy, or null if nothing is missing.</summary>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux())
            return "Tandem works on Linux only";
        var capabilities = EffectiveCapabilities(File.ReadLines("/proc/self/status"));
        if (!Has(capabilities, NetAdmin))
            return "the capability CAP_NET_ADMIN is missing; run tandemd as root, or give the container --cap-add NET_ADMIN";
        if (!Has(capabilities, NetRaw))
            return "the capability CAP_NET_RAW is missing; run tandemd as root, or give the container --cap-add NET_RAW";
        return null;
    }

    /// <summary>Reads the effective capabilities from the lines of /proc/self/status; 0 if there are none.</summary>
    internal static ulong EffectiveCapabilities(IEnumerable<string> status)
    {
        const string Label = "CapEff:";
        foreach (var line in status)
        {
            if (
                line.StartsWith(Label, StringComparison.Ordinal)
                && ulong.TryParse(
                    line.AsSpan(Label.Length).Trim(),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var bits
                )
            )
                return bits;
        }
        return 0;
    }

    private static bool Has(ulong capabilities, int capability) => (capabilities >> capability & 1) != 0;
}

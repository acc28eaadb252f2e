using System.Globalization;

namespace Tandem.Linux.Hosting;

/// <summary>Capabilities of a process (capabilities(7)).</summary>
public static class Capabilities
{
    /// <summary>Interfaces and routes (linux/capability.h).</summary>
    public const int NetAdmin = 12;

    /// <summary>Packet sockets.</summary>
    public const int NetRaw = 13;

    /// <summary>Reads the effective ones from the lines of a /proc/PID/status, a bit for each; 0 if there are none.</summary>
    public static ulong Effective(IEnumerable<string> status)
    {
        const string Label = "CapEff:";
        var line = status.FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal)) ?? "";
        return
            line.Length > Label.Length
            && ulong.TryParse(line.AsSpan(Label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : 0;
    }

    /// <summary>Whether a capability is among them.</summary>
    public static bool Has(ulong effective, int capability) => (effective >> capability & 1) != 0;
}

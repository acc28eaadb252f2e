using System.Globalization;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Reads the rights of this thread.</summary>
internal static class RightsProbe
{
    /// <summary>USER_NS_INIT_INO (linux/nsfs.h): the initial user namespace, on every machine.</summary>
    private const string FirstUserNamespace = "user:[4026531837]";

    public static Rights Look() =>
        new(
            ParseEffective(File.ReadLines("/proc/thread-self/status")),
            new FileInfo("/proc/self/ns/user").LinkTarget == FirstUserNamespace
        );

    /// <summary>The effective capabilities in the lines of a status file; 0 if missing.</summary>
    public static ulong ParseEffective(IEnumerable<string> status)
    {
        const string Label = "CapEff:";
        var line = status.FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal)) ?? "";
        return
            line.Length > Label.Length
            && ulong.TryParse(line.AsSpan(Label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : 0;
    }
}

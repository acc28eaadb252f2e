using System.Globalization;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Examines the host's IP stack.</summary>
internal static class IpStackProbe
{
    private const string Sysctl = "/proc/sys/net/core/netdev_max_backlog";

    public static IpStack Look() => new(Directory.Exists("/proc/sys/net/ipv6"), ReadBacklog());

    private static int? ReadBacklog()
    {
        try
        {
            return int.TryParse(File.ReadAllText(Sysctl), CultureInfo.InvariantCulture, out var frames) ? frames : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Exists in the initial network namespace only.
            return null;
        }
    }
}

using System.Globalization;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Looks at the host's own network stack.</summary>
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
            // Other network namespaces than the first do not have it.
            return null;
        }
    }
}

using System.Globalization;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Checks whether systemd runs this machine, and started this process.</summary>
internal static class SystemdProbe
{
    public static Systemd Look() =>
        new(
            Directory.Exists("/run/systemd/system"),
            !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")),
            int.TryParse(Environment.GetEnvironmentVariable("FDSTORE"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? size
                : 0
        );
}

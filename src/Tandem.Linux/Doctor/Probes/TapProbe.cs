using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Opens /dev/net/tun, and creates a temporary device.</summary>
internal static class TapProbe
{
    public static Tap Look()
    {
        using (var tun = Files.Open(Tun.DevicePath, Files.O_RDWR | Files.O_NONBLOCK | Files.O_CLOEXEC))
        {
            if (tun.IsInvalid)
                return new Tap(LinuxResult.Last(), null, false, default);
        }
        var made = TrialDevice.Make();
        if (made.Value is not { } tap)
            return new Tap(LinuxResult.Ok, made.Error, false, default);
        using (tap)
            return new Tap(LinuxResult.Ok, LinuxResult.Ok, tap.HasUso, tap.SetCarrier(false));
    }
}

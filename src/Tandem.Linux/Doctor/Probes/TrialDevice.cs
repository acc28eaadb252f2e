using System.Globalization;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>A TAP device for trials, under an unused name. Vanishes when it is closed or this process ends.</summary>
internal static class TrialDevice
{
    public static LinuxResult<TapDevice> Make() =>
        TapDevice.Open(string.Create(CultureInfo.InvariantCulture, $"tdm-{Random.Shared.Next():x8}"), reattach: false);
}

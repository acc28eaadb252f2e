using System.Globalization;
using Tandem.Linux.Devices;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Descriptors;

/// <summary>
/// Open TAP devices of bonds that an earlier service handed over, by executing this program or through the service manager. A device that
/// stays open never loses its carrier.
/// </summary>
internal sealed class HandedOver : IDisposable
{
    /// <summary>The environment variable with the descriptors for the next program: <c>17=bond0:18=1234/bond0</c>, the second one of
    /// another network namespace. No interface has a colon or a slash in its name.</summary>
    public const string Variable = "TANDEM_DEVICES";

    /// <summary>Prefix of the names of stored descriptors.</summary>
    public const string NamePrefix = "tap-";

    private const int FirstListed = 3;

    private readonly Dictionary<string, FileDescriptor> _devices = new(StringComparer.Ordinal);

    /// <summary>The devices named by the environment of this process, which is read once.</summary>
    public static HandedOver Read(Func<string, string?> variable)
    {
        var devices = new HandedOver();
        foreach (var (formerly, number) in OfPredecessor(variable(Variable)).Concat(OfManager(variable)))
        {
            var fd = Succession.Inherit(number);
            var name = TapDevice.NameOf(fd);
            // A device may have been renamed or removed meanwhile. The service manager must store it under its present name, otherwise it
            // would keep the descriptor open forever.
            var present = name is null ? null : formerly[..(formerly.LastIndexOf('/') + 1)] + name;
            if (present != formerly)
                ServiceManager.Release(formerly);
            if (present is null || !devices._devices.TryAdd(present, fd))
                fd.Dispose();
        }
        return devices;
    }

    /// <summary>Closes the devices that nobody took: those of bonds that could not be taken over.</summary>
    public void Dispose()
    {
        foreach (var (name, device) in _devices)
        {
            ServiceManager.Release(name);
            device.Dispose();
        }
        _devices.Clear();
    }

    /// <summary>The device of that name (<see cref="KeptDevices.NameOf"/>), once; null if none was handed over.</summary>
    public FileDescriptor? Take(string name) => _devices.Remove(name, out var device) ? device : null;

    /// <summary>
    /// The environment for a program that receives these devices. Leaves out the service manager's variables: they list other
    /// descriptors, but would still be valid, since the process ID stays the same.
    /// </summary>
    public static IReadOnlyDictionary<string, string> EnvironmentFor(IEnumerable<(string Name, FileDescriptor Device)> devices)
    {
        var environment = OwnEnvironment();
        foreach (var listed in environment.Keys.Where(key => key.StartsWith("LISTEN_", StringComparison.Ordinal)).ToList())
            environment.Remove(listed);
        environment[Variable] = string.Join(
            ':',
            devices.Select(device => string.Create(CultureInfo.InvariantCulture, $"{device.Device.Number}={device.Name}"))
        );
        return environment;
    }

    /// <summary>The environment of this process.</summary>
    public static Dictionary<string, string> OwnEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => entry.Value as string ?? "", StringComparer.Ordinal);

    internal static IEnumerable<(string Name, int Number)> OfPredecessor(string? text)
    {
        foreach (var entry in text?.Split(':') ?? [])
        {
            if (entry.Split('=', 2) is [var number, var name] && TryParse(number, out var fd))
                yield return (name, fd);
        }
    }

    // systemd's protocol: LISTEN_FDS descriptors from 3 on, for the process LISTEN_PID.
    internal static IEnumerable<(string Name, int Number)> OfManager(Func<string, string?> variable)
    {
        if (
            !TryParse(variable("LISTEN_PID"), out var pid)
            || pid != Environment.ProcessId
            || !TryParse(variable("LISTEN_FDS"), out var count)
        )
            yield break;
        var names = variable("LISTEN_FDNAMES")?.Split(':') ?? [];
        for (var i = 0; i < Math.Min(count, names.Length); i++)
        {
            if (names[i].StartsWith(NamePrefix, StringComparison.Ordinal))
                yield return (names[i][NamePrefix.Length..], FirstListed + i);
        }
    }

    private static bool TryParse(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

using System.Globalization;
using Tandem.Linux.Bonds;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Descriptors;

/// <summary>
/// The open TAP devices of bonds. The service manager stores their descriptors, and the next service inherits them. Thread-safe.
/// </summary>
internal sealed class KeptDevices
{
    private readonly Lock _gate = new();

    // By device, not by name: while a user swaps two names, two bonds may have the same one for a moment.
    private readonly Dictionary<FileDescriptor, string> _devices = [];

    /// <summary>All devices with their names, for the program that replaces this one.</summary>
    public IReadOnlyList<(string Name, FileDescriptor Device)> All
    {
        get
        {
            lock (_gate)
                return [.. _devices.Select(device => (device.Value, device.Key))];
        }
    }

    /// <summary>The name of a bond's device among those of all network namespaces; no interface has a slash in its name.</summary>
    /// <param name="netns">The namespace's ID in state files; null for the service's own.</param>
    /// <param name="bond">The bond.</param>
    public static string NameOf(ulong? netns, string bond) =>
        netns is { } id ? string.Create(CultureInfo.InvariantCulture, $"{id}/{bond}") : bond;

    /// <summary>The store for the bonds of a network namespace.</summary>
    public IDeviceStore Of(ulong? netns) => new Store(this, netns);

    private sealed class Store(KeptDevices all, ulong? netns) : IDeviceStore
    {
        public void Keep(string bond, FileDescriptor device)
        {
            var name = NameOf(netns, bond);
            lock (all._gate)
                all._devices[device] = name;
            ServiceManager.Keep(name, device);
        }

        public void Release(string bond, FileDescriptor device)
        {
            lock (all._gate)
                all._devices.Remove(device);
            ServiceManager.Release(NameOf(netns, bond));
        }
    }
}

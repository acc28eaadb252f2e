using Tandem.Linux.Bonds;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Descriptors;

/// <summary>The open TAP devices of bonds. The service manager stores their descriptors, and the next service inherits them.</summary>
internal sealed class KeptDevices : IDeviceStore
{
    // By device, not by name: while a user swaps two names, two bonds may have the same one for a moment.
    private readonly Dictionary<FileDescriptor, string> _devices = [];

    /// <summary>All devices, for the program that replaces this one.</summary>
    public IReadOnlyList<(string Bond, FileDescriptor Device)> All => [.. _devices.Select(device => (device.Value, device.Key))];

    /// <inheritdoc/>
    public void Keep(string bond, FileDescriptor device)
    {
        _devices[device] = bond;
        ServiceManager.Keep(bond, device);
    }

    /// <inheritdoc/>
    public void Release(string bond, FileDescriptor device)
    {
        _devices.Remove(device);
        ServiceManager.Release(bond);
    }
}

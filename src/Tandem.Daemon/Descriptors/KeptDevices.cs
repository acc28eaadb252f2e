using Tandem.Linux.Bonds;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Descriptors;

/// <summary>The open devices of bonds whose frames pass through this process: the service manager keeps them, or the service that follows.</summary>
internal sealed class KeptDevices : IDeviceStore
{
    // By device: for a moment two bonds may have one name, while a user exchanges theirs.
    private readonly Dictionary<FileDescriptor, string> _devices = [];

    /// <summary>All of them, for the process that this one becomes.</summary>
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

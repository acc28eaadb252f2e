using Tandem.Linux.Native;

namespace Tandem.Linux.Bonds;

/// <summary>
/// Keeps open TAP devices beyond the end of this process (by the service manager, or the next process), since a TAP device loses its
/// carrier when no process has it open.
/// </summary>
public interface IDeviceStore
{
    /// <summary>Called when a bond's device is open, and after a rename, following <see cref="Release"/> with the former name.</summary>
    void Keep(string bond, FileDescriptor device);

    /// <summary>Called before a bond's device is closed or renamed.</summary>
    void Release(string bond, FileDescriptor device);
}

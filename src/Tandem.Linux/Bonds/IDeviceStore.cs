using Tandem.Linux.Native;

namespace Tandem.Linux.Bonds;

/// <summary>
/// Where the open devices of bonds are kept over the end of this process (a service manager, the process that follows): a TAP device loses
/// its carrier when nobody has it open. Devices that nobody has to keep open are never named.
/// </summary>
public interface IDeviceStore
{
    /// <summary>Called when the device of a bond is open, and again under another name, after <see cref="Release"/> by the former.</summary>
    void Keep(string bond, FileDescriptor device);

    /// <summary>Called before the device of a bond is closed, or has another name.</summary>
    void Release(string bond, FileDescriptor device);
}

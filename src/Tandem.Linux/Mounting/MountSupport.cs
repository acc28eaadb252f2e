using Tandem.Linux.Native;

namespace Tandem.Linux.Mounting;

/// <summary>What the mounts of the driver's files need of a kernel.</summary>
public static class MountSupport
{
    internal const string Overlay = "overlay";

    /// <summary>Names what mounts need and this machine lacks, with the remedy; null if it lacks nothing. Mounts nothing.</summary>
    public static string? Problem()
    {
        using var context = Mounts.FsOpen(Overlay);
        if (!context.IsInvalid)
            return null;
        return LinuxResult.Last().Errno switch
        {
            Errno.ENODEV =>
                "the kernel has no overlay file system (CONFIG_OVERLAY_FS); without it the files are in the service's folder alone",
            Errno.ENOSYS =>
                "the kernel cannot mount by descriptors, which needs Linux 5.2; without it the files are in the service's folder alone",
            Errno.EPERM => "the capability CAP_SYS_ADMIN is missing; run the command as root, or give the container --cap-add SYS_ADMIN",
            _ => $"overlay: {LinuxResult.Last()}",
        };
    }
}

using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Hosting;

/// <summary>Checks what the service needs of the machine, before anything is changed.</summary>
internal static class Prerequisites
{
    /// <summary>Returns what is missing and the remedy, or null if nothing is missing.</summary>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux())
            return "Tandem works on Linux only";
        var capabilities = Capabilities.Effective(File.ReadLines("/proc/self/status"));
        if (!Capabilities.Has(capabilities, Capabilities.NetAdmin))
            return "the capability CAP_NET_ADMIN is missing; run tandemd as root, or give the container --cap-add NET_ADMIN";
        if (!Capabilities.Has(capabilities, Capabilities.NetRaw))
            return "the capability CAP_NET_RAW is missing; run tandemd as root, or give the container --cap-add NET_RAW";
        return null;
    }
}

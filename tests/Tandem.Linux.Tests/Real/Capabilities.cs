using System.Runtime.InteropServices;

namespace Tandem.Linux.Tests.Real;

/// <summary>The rights of the calling thread, which Linux keeps for each thread.</summary>
internal static class Capabilities
{
    private const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    /// <summary>Gives up all rights of root, for good; other threads keep theirs.</summary>
    public static void DropAll()
    {
        // struct __user_cap_header_struct: the version, and the thread (0: this one). Two data structures of three words follow it.
        if (CapSet([LINUX_CAPABILITY_VERSION_3, 0], new uint[6]) != 0)
            throw new InvalidOperationException($"capset: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    // int capset(cap_user_header_t hdrp, const cap_user_data_t datap);
    [DllImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static extern int CapSet(uint[] header, uint[] data);
}

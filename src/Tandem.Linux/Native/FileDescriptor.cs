using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>
/// An open file descriptor. Native imports return int, and wrappers create the handle here: C returns a 32-bit -1 for errors, which is
/// not -1 in a handle of pointer width.
/// </summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private FileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>
    /// The descriptor's number, for native calls in per-frame loops without reference counting. The caller must keep the descriptor open
    /// meanwhile.
    /// </summary>
    public int Number => (int)handle;

    /// <summary>From the result of a C library function: -1 (with errno), or a descriptor that the caller now owns.</summary>
    internal static FileDescriptor FromC(int answer) => new(answer < 0 ? -1 : answer);

    /// <summary>From the result of a libbpf function: a negative error number, which is stored as errno, or a descriptor.</summary>
    internal static FileDescriptor FromLibBpf(int answer)
    {
        if (answer < 0)
            Marshal.SetLastPInvokeError(-answer);
        return FromC(answer);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Files.close((int)handle) == 0;
}

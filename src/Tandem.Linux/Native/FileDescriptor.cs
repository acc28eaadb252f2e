using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>
/// An open file descriptor. No native call returns one by itself: C answers with an int, and -1 in half of a register is no -1 in a handle as
/// wide as a pointer. So imports return the int, and their wrappers make a descriptor of it here.
/// </summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private FileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>
    /// The number, for native calls in the per-frame loops, which must not pay for counting references. Whoever uses it
    /// sees to it that the descriptor stays open meanwhile.
    /// </summary>
    public int Number => (int)handle;

    /// <summary>The answer of a function of the C library, which is -1 with the reason in errno, or the number of a descriptor that is the caller's now.</summary>
    internal static FileDescriptor FromC(int answer) => new(answer < 0 ? -1 : answer);

    /// <summary>The answer of a function of libbpf, which is a negative error number or the number of a descriptor. The reason is where errno would be.</summary>
    internal static FileDescriptor FromLibBpf(int answer)
    {
        if (answer < 0)
            Marshal.SetLastPInvokeError(-answer);
        return FromC(answer);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Files.close((int)handle) == 0;
}

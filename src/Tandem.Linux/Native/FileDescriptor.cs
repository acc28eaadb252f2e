using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>An open file descriptor. Made by the marshaller, so that no number is ever loose.</summary>
public sealed class FileDescriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>
    /// The number, for native calls in the per-frame loops, which must not pay for counting references. Whoever uses it
    /// sees to it that the descriptor stays open meanwhile.
    /// </summary>
    public int Number => (int)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Files.close((int)handle) == 0;
}

using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>A struct bpf_object of libbpf's: it owns the descriptors of its programs and maps, and closes them with itself.</summary>
internal sealed class LoadedObject : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Owns what <see cref="LibBpf.ObjectOpenMem"/> answered.</summary>
    public LoadedObject(nint opened)
        : base(ownsHandle: true) => SetHandle(opened);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibBpf.ObjectClose(handle);
        return true;
    }
}

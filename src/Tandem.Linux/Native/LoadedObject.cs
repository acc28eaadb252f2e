using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>A struct bpf_object of libbpf, which owns the descriptors of its programs and maps.</summary>
internal sealed class LoadedObject : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Owns the result of <see cref="LibBpf.ObjectOpenMem"/>.</summary>
    public LoadedObject(nint opened)
        : base(ownsHandle: true) => SetHandle(opened);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibBpf.ObjectClose(handle);
        return true;
    }
}

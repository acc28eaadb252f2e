using Microsoft.Win32.SafeHandles;

namespace Tandem.Linux.Native;

/// <summary>Mapped pages of a file or BPF map. They stay mapped when the descriptor is closed, until disposed.</summary>
internal sealed unsafe class MappedMemory : SafeHandleMinusOneIsInvalid
{
    private readonly nuint _bytes;

    private MappedMemory(void* address, nuint bytes)
        : base(ownsHandle: true)
    {
        _bytes = bytes;
        SetHandle((nint)address);
    }

    /// <summary>The start of the pages. Valid until disposed.</summary>
    public void* Address => (void*)handle;

    /// <summary>Maps pages for reading and writing, shared with all other mappings.</summary>
    public static LinuxResult<MappedMemory> Open(int fd, nuint bytes)
    {
        var memory = new MappedMemory(Memory.MMap(null, bytes, Memory.PROT_READ | Memory.PROT_WRITE, Memory.MAP_SHARED, fd, 0), bytes);
        if (!memory.IsInvalid)
            return new LinuxResult<MappedMemory>(memory);
        var error = LinuxResult.Last();
        memory.Dispose();
        return new LinuxResult<MappedMemory>(null, error);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Memory.MUnmap((void*)handle, _bytes) == 0;
}

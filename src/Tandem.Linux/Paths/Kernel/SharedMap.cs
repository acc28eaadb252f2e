using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>An array map of the kernel, mapped into this process: programs and process read each other's stores without a system
/// call.</summary>
internal sealed unsafe class SharedMap<T> : IDisposable
    where T : unmanaged
{
    private readonly MappedMemory _memory;

    private SharedMap(MappedMemory memory, int length) => (_memory, Length) = (memory, length);

    /// <summary>The number of entries.</summary>
    public int Length { get; }

    /// <summary>A reference to an entry.</summary>
    public ref T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Length)
                throw new ArgumentOutOfRangeException(nameof(index));
            return ref Start[index];
        }
    }

    /// <summary>All entries.</summary>
    public Span<T> Entries => new(Start, Length);

    /// <summary>Maps an array map (BPF_F_MMAPABLE, Linux 5.5) with the given number of entries. Its descriptor may be closed
    /// afterwards.</summary>
    public static LinuxResult<SharedMap<T>> Open(int fd, int length)
    {
        var mapped = MappedMemory.Open(fd, (nuint)(sizeof(T) * length));
        return mapped.Value is { } memory
            ? new LinuxResult<SharedMap<T>>(new SharedMap<T>(memory, length))
            : new LinuxResult<SharedMap<T>>(
                null,
                mapped.Error with
                {
                    Detail = "a map of the kernel data path cannot be mapped into memory",
                }
            );
    }

    public void Dispose() => _memory.Dispose();

    // Unmapped memory may have been reused.
    private T* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
            return (T*)_memory.Address;
        }
    }
}

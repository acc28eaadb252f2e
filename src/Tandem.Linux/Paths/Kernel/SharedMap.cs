using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>An array map of the kernel, mapped into this process: what one side stores the other reads, without a system call.</summary>
internal sealed unsafe class SharedMap<T> : IDisposable
    where T : unmanaged
{
    private readonly T* _entries;
    private readonly nuint _bytes;

    private SharedMap(T* entries, int length)
    {
        _entries = entries;
        _bytes = Bytes(length);
        Length = length;
    }

    /// <summary>Entries.</summary>
    public int Length { get; }

    /// <summary>An entry, in place.</summary>
    public ref T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Length)
                throw new ArgumentOutOfRangeException(nameof(index));
            return ref _entries[index];
        }
    }

    /// <summary>All entries, in place.</summary>
    public Span<T> Entries => new(_entries, Length);

    /// <summary>Maps an array map (BPF_F_MMAPABLE, Linux 5.5) of that many entries.</summary>
    public static LinuxResult<SharedMap<T>> Open(int fd, int length)
    {
        var memory = Memory.MMap(null, Bytes(length), Memory.PROT_READ | Memory.PROT_WRITE, Memory.MAP_SHARED, fd, 0);
        return (nint)memory == -1
            ? new LinuxResult<SharedMap<T>>(null, LinuxResult.Last("a map of the fast path cannot be mapped into memory"))
            : new LinuxResult<SharedMap<T>>(new SharedMap<T>((T*)memory, length));
    }

    public void Dispose() => _ = Memory.MUnmap(_entries, _bytes);

    private static nuint Bytes(int length) => (nuint)(sizeof(T) * length);
}

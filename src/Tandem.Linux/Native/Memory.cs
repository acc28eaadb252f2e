using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>Memory shared with the kernel (sys/mman.h), and waiting for its readers (linux/membarrier.h).</summary>
internal static unsafe partial class Memory
{
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    private const int MEMBARRIER_CMD_GLOBAL = 1;

    // 324 on x86-64, 283 on arm64.
    private static readonly nint SysMembarrier = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324;

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* MMap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    // int munmap(void *addr, size_t length);
    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int MUnmap(void* address, nuint length);

    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    /// <summary>
    /// Blocks until all programs of the kernel's network path that were running have ended: the global membarrier waits for an RCU grace
    /// period, within which such programs run. Takes some tens of ms.
    /// </summary>
    public static void AwaitReaders()
    {
        // Kernels with nohz_full processors refuse it; 100 ms is far more than a grace period.
        if (SystemCall(SysMembarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
            Thread.Sleep(100);
    }
}

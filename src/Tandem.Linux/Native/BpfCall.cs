using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>The part of union bpf_attr for BPF_MAP_CREATE (linux/bpf.h); omitted fields count as zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfMapCreate
{
    public uint MapType;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint MapFlags;
}

/// <summary>The part of union bpf_attr for BPF_PROG_LOAD (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfProgramLoad
{
    public uint ProgramType;
    public uint InstructionCount;
    public ulong* Instructions;
    public byte* License;
    public uint LogLevel;
    public uint LogSize;
    public byte* Log;
    public uint KernelVersion;
    public uint Flags;
}

/// <summary>The part of union bpf_attr for BPF_OBJ_GET_INFO_BY_FD (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfInfoByFd
{
    public int Fd;
    public uint InfoLength;
    public BpfProgramInfo* Info;
}

/// <summary>The beginning of struct bpf_prog_info (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgramInfo
{
    public uint Type;
    public uint Id;
    public ulong Tag;
    public uint CompiledLength;
    public uint TranslatedLength;
}

/// <summary>The part of union bpf_attr for BPF_PROG_QUERY (linux/bpf.h); for TCX the kernel writes up to the last field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgramQuery
{
    public int TargetIfindex;
    public uint AttachType;
    public uint QueryFlags;
    public uint AttachFlags;
    public ulong ProgramIds;
    public uint Count;
    public uint Padding;
    public ulong ProgramAttachFlags;
    public ulong LinkIds;
    public ulong LinkAttachFlags;
    public ulong Revision;
}

/// <summary>The bpf system call itself, for trials without libbpf.</summary>
internal static unsafe partial class BpfCall
{
    public const int BPF_MAP_CREATE = 0;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_OBJ_GET_INFO_BY_FD = 15;
    public const int BPF_PROG_QUERY = 16;

    public const uint BPF_MAP_TYPE_ARRAY = 2;
    public const uint BPF_PROG_TYPE_SCHED_CLS = 3;

    /// <summary>Since Linux 5.5.</summary>
    public const uint BPF_F_MMAPABLE = 1 << 10;

    // The system call number (asm/unistd.h).
    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    /// <summary>Creates a map or a program.</summary>
    public static FileDescriptor Make<T>(int command, ref T attributes)
        where T : unmanaged
    {
        fixed (T* p = &attributes)
            return FileDescriptor.FromC((int)Syscall(s_number, command, p, (nuint)sizeof(T)));
    }

    /// <summary>Runs a query.</summary>
    public static LinuxResult Ask<T>(int command, ref T attributes)
        where T : unmanaged
    {
        fixed (T* p = &attributes)
            return Syscall(s_number, command, p, (nuint)sizeof(T)) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }

    /// <summary>Maps the first page of an object into memory, and unmaps it.</summary>
    public static LinuxResult TryMap(FileDescriptor fd)
    {
        var mapped = MappedMemory.Open(fd.Number, (nuint)Environment.SystemPageSize);
        mapped.Value?.Dispose();
        return mapped.Error;
    }

    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint command, void* attributes, nuint size);
}

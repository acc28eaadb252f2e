using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct bpf_object_open_opts (bpf/libbpf.h, 1.0); log size and level are for the verifier's log.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfObjectOpenOpts
{
    public nuint Size;
    public byte* ObjectName;
    public byte RelaxedMaps;
    public byte* PinRootPath;
    public uint Unused;
    public byte* Kconfig;
    public byte* BtfCustomPath;
    public byte* KernelLog;
    public nuint KernelLogSize;
    public uint KernelLogLevel;
}

/// <summary>struct bpf_prog_attach_opts (bpf/bpf.h, 1.0).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgAttachOpts
{
    public nuint Size;
    public uint Flags;
    public int ReplaceProgram;
}

/// <summary>struct bpf_tc_hook (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfTcHook
{
    public nuint Size;
    public int Ifindex;
    public int AttachPoint;
    public uint Parent;
}

/// <summary>struct bpf_tc_opts (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfTcOpts
{
    public nuint Size;
    public int Program;
    public uint Flags;
    public uint ProgramId;
    public uint Handle;
    public uint Priority;
}

/// <summary>struct bpf_prog_info (linux/bpf.h), the first 80 bytes, which all kernels since 4.15 fill.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct BpfProgInfo
{
    [FieldOffset(4)]
    public uint Id;

    [FieldOffset(52)]
    public uint MapCount;

    [FieldOffset(56)]
    public uint* MapIds;

    [FieldOffset(64)]
    public fixed byte Name[16];
}

/// <summary>struct bpf_map_info (linux/bpf.h), the first 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfMapInfo
{
    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public fixed byte Name[16];
}

/// <summary>
/// libbpf 1.0 or later (bpf/libbpf.h, bpf/bpf.h). Loaded by the first call, so check <see cref="Problem"/> before. Functions return a
/// negative error number, or null with errno.
/// </summary>
internal static unsafe partial class LibBpf
{
    public const int BPF_F_REPLACE = 4;

    /// <summary>Since Linux 6.6.</summary>
    public const int BPF_TCX_INGRESS = 46;
    public const int BPF_TCX_EGRESS = 47;

    /// <summary>Since Linux 6.7.</summary>
    public const int BPF_NETKIT_PEER = 55;
    public const int BPF_TC_INGRESS = 1;
    public const int BPF_TC_EGRESS = 2;
    public const uint BPF_TC_F_REPLACE = 1;
    private const string Library = "libbpf.so.1";

    private static readonly Lazy<string?> Missing = new(Load);

    /// <summary>Why libbpf cannot be used; null if it can.</summary>
    public static string? Problem => Missing.Value;

    // struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz, const struct bpf_object_open_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint ObjectOpenMem(void* buffer, nuint size, BpfObjectOpenOpts* opts);

    // int bpf_object__load(struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int ObjectLoad(LoadedObject @object);

    // void bpf_object__close(struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void ObjectClose(nint @object);

    // struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *obj, const char *name);
    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindMap(LoadedObject @object, string name);

    // struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *obj, const char *name);
    [LibraryImport(Library, EntryPoint = "bpf_object__find_program_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindProgram(LoadedObject @object, string name);

    // int bpf_map__fd(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapFd(nint map);

    // int bpf_program__fd(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramFd(nint program);

    // int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries);
    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int SetMaxEntries(nint map, uint entries);

    // int bpf_map__reuse_fd(struct bpf_map *map, int fd);
    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int ReuseFd(nint map, int fd);

    // int bpf_prog_get_fd_by_id(__u32 id);
    [LibraryImport(Library)]
    private static partial int bpf_prog_get_fd_by_id(uint id);

    public static FileDescriptor ProgramById(uint id) => FileDescriptor.FromLibBpf(bpf_prog_get_fd_by_id(id));

    // int bpf_map_get_fd_by_id(__u32 id);
    [LibraryImport(Library)]
    private static partial int bpf_map_get_fd_by_id(uint id);

    public static FileDescriptor MapById(uint id) => FileDescriptor.FromLibBpf(bpf_map_get_fd_by_id(id));

    // int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);
    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int GetInfo(int fd, void* info, uint* length);

    // int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    public static partial int MapUpdate(int map, void* key, void* value, ulong flags);

    // int bpf_map_lookup_elem(int fd, const void *key, void *value);
    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    public static partial int MapLookup(int map, void* key, void* value);

    // int bpf_prog_bind_map(int prog_fd, int map_fd, const struct bpf_prog_bind_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_prog_bind_map")]
    public static partial int ProgramBindMap(int program, int map, void* opts);

    // int bpf_prog_attach_opts(int prog_fd, int attachable_fd, enum bpf_attach_type type, const struct bpf_prog_attach_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_prog_attach_opts")]
    public static partial int ProgramAttach(int program, int target, int type, BpfProgAttachOpts* opts);

    // int bpf_prog_detach2(int prog_fd, int attachable_fd, enum bpf_attach_type type);
    [LibraryImport(Library, EntryPoint = "bpf_prog_detach2")]
    public static partial int ProgramDetach(int program, int target, int type);

    // int bpf_prog_query(int target_fd, enum bpf_attach_type type, __u32 query_flags, __u32 *attach_flags, __u32 *prog_ids, __u32 *prog_cnt);
    [LibraryImport(Library, EntryPoint = "bpf_prog_query")]
    public static partial int ProgramQuery(int target, int type, uint queryFlags, uint* attachFlags, uint* ids, uint* count);

    // int bpf_tc_hook_create(struct bpf_tc_hook *hook);
    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_create")]
    public static partial int TcHookCreate(BpfTcHook* hook);

    // int bpf_tc_hook_destroy(struct bpf_tc_hook *hook);
    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_destroy")]
    public static partial int TcHookDestroy(BpfTcHook* hook);

    // int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_attach")]
    public static partial int TcAttach(BpfTcHook* hook, BpfTcOpts* opts);

    // int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_detach")]
    public static partial int TcDetach(BpfTcHook* hook, BpfTcOpts* opts);

    // int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_query")]
    public static partial int TcQuery(BpfTcHook* hook, BpfTcOpts* opts);

    // int libbpf_num_possible_cpus(void);
    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleProcessors();

    // libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);
    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    private static partial nint SetPrint(nint function);

    private static string? Load()
    {
        if (!NativeLibrary.TryLoad(Library, out _))
            return $"{Library} is missing (Debian, Ubuntu: apt-get install libbpf1; Fedora: dnf install libbpf)";
        // Silence messages on standard error; errors are in the results.
        SetPrint(0);
        return null;
    }
}

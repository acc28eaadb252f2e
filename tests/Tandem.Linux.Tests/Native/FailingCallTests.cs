using System.Runtime.InteropServices;
using Tandem.Linux.Devices;
using Tandem.Linux.Doctor.Probes;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Native;

/// <summary>Each native call fails for real, and the failure is seen, with the reason that the kernel or the library gives.</summary>
public sealed unsafe class FailingCallTests
{
    private const int ENOENT = 2;
    private const int EBADF = 9;
    private const int EFAULT = 14;
    private const int EBUSY = 16;
    private const int ENODEV = 19;
    private const int EINVAL = 22;
    private const int EMFILE = 24;
    private const int EBADFD = 77;
    private const int EAFNOSUPPORT = 97;
    private const uint NoId = uint.MaxValue;
    private const int NoInterface = int.MaxValue;

    private static readonly Dictionary<string, (Func<int> Errno, int Expected)> Calls = new(StringComparer.Ordinal)
    {
        ["open"] = (() => OfDescriptor(Files.Open("/proc/nothing", Files.O_RDONLY)), ENOENT),
        ["eventfd"] = (() => OfDescriptor(Files.EventFd(0, -1)), EINVAL),
        ["socket"] = (() => OfDescriptor(SocketCalls.Socket(255, SocketCalls.SOCK_DGRAM, 0)), EAFNOSUPPORT),
        ["openat"] = (() => OfCall(DirectoryCalls.OpenAt(-1, "nothing", Files.O_RDONLY, 0)), EBADF),
        ["statx"] = (() => OfCall(Stat()), EBADF),
        ["renameat"] = (() => OfCall(DirectoryCalls.RenameAt(-1, "nothing", -1, "nowhere")), EBADF),
        ["unlinkat"] = (() => OfCall(DirectoryCalls.UnlinkAt(-1, "nothing", 0)), EBADF),
        ["flock"] = (() => OfCall(DirectoryCalls.Lock(-1, DirectoryCalls.LOCK_EX)), EBADF),
        ["bpf_map_update_elem"] = (() => -LibBpf.MapUpdate(-1, null, null, 0), EBADF),
        ["bpf_map_lookup_elem"] = (() => -LibBpf.MapLookup(-1, null, null), EBADF),
        ["bpf_prog_bind_map"] = (() => -LibBpf.ProgramBindMap(-1, -1, null), EBADF),
        ["bpf, for a descriptor"] = (() => OfDescriptor(MakeMap(type: uint.MaxValue)), EINVAL),
        ["bpf_prog_get_fd_by_id"] = (() => OfDescriptor(LibBpf.ProgramById(NoId)), ENOENT),
        ["bpf_map_get_fd_by_id"] = (() => OfDescriptor(LibBpf.MapById(NoId)), ENOENT),
        ["read"] = (() => OfCall(Files.Read(-1, null, 0)), EBADF),
        ["write"] = (() => OfCall(Files.Write(-1, null, 0)), EBADF),
        ["writev"] = (() => OfCall(Files.WriteParts(-1, null, 0)), EBADF),
        ["poll"] = (() => OfCall(Files.Poll(null, 1, 0)), EFAULT),
        ["ioctl"] = (() => OfCall(Files.Ioctl(None(), 0, null)), EBADF),
        ["ioctl with a value"] = (() => OfCall(Files.IoctlValue(None(), 0, 0)), EBADF),
        ["bind"] = (() => OfCall(SocketCalls.Bind(None(), null, 0)), EBADF),
        ["getsockname"] = (() => OfCall(SocketCalls.GetSockName(None(), null, null)), EBADF),
        ["setsockopt"] = (() => OfCall(SocketCalls.SetSockOpt(None(), 0, 0, null, 0)), EBADF),
        ["getsockopt"] = (() => OfCall(SocketCalls.GetSockOpt(None(), 0, 0, null, null)), EBADF),
        ["send"] = (() => OfCall(SocketCalls.Send(-1, null, 0, 0)), EBADF),
        ["recv"] = (() => OfCall(SocketCalls.Receive(-1, null, 0, 0)), EBADF),
        ["recvmsg"] = (() => OfCall(SocketCalls.ReceiveMessage(-1, null, 0)), EBADF),
        ["sendmsg"] = (() => OfCall(Processes.SendMessage(-1, null, 0)), EBADF),
        ["execve"] = (() => OfCall(ExecuteNothing()), ENOENT),
        ["access"] = (() => OfCall(Processes.Access("/proc/nothing", Processes.X_OK)), ENOENT),
        ["fcntl"] = (() => OfCall(Processes.Control(-1, Processes.F_SETFD, 0)), EBADF),
        ["setns"] = (() => OfCall(Namespaces.SetNamespace(None(), Namespaces.CLONE_NEWNET)), EBADF),
        ["open_tree"] = (() => OfDescriptor(Mounts.OpenTree(-1, "nothing", 0)), EBADF),
        ["move_mount"] = (() => Mounts.MoveTo(None(), -1, "nothing", 0).Errno, EBADF),
        ["fsopen"] = (() => OfDescriptor(Mounts.FsOpen("nothing")), ENODEV),
        ["fsconfig"] = (() => Mounts.Configure(None(), Mounts.FSCONFIG_CMD_CREATE, null, null).Errno, EINVAL),
        ["fsmount"] = (() => OfDescriptor(Mounts.FsMount(None(), 0)), EBADF),
        ["mount"] = (() => Mounts.ForbidWriting("/proc/nothing").Errno, ENOENT),
        ["umount2"] = (() => Mounts.Unmount("/proc/nothing", 0).Errno, ENOENT),
        ["inotify_init1"] = (() => OfDescriptor(Watches.Open(-1)), EINVAL),
        ["inotify_add_watch"] = (() => OfCall(Watches.Add(-1, "/", Watches.IN_CREATE)), EBADF),
        ["clock_gettime"] = (() => OfCall(ReadNoClock()), EINVAL),
        ["sched_setattr"] = (() => OfCall(Scheduling.SetAttributes(0, null)), EINVAL),
        ["mmap"] = (() => OfCall((nint)Memory.MMap(null, 0, 0, Memory.MAP_SHARED, -1, 0)), EBADF),
        ["bpf"] = (() => AskNothing().Errno, EINVAL),
        ["pthread_sigmask"] = (() => Mask(how: 99), EINVAL),
        ["sigwait"] = (() => SignalCalls.Wait((SignalSet*)1, null), EFAULT),
        ["bpf_object__load"] = (() => LoadNothing(), EINVAL),
        ["bpf_map__fd"] = (() => -LibBpf.MapFd(0), EINVAL),
        ["bpf_program__fd"] = (() => -LibBpf.ProgramFd(0), EINVAL),
        ["bpf_map__set_max_entries"] = (() => OfLoaded(loaded => loaded.SetMaxEntries("counters", 1)), EBUSY),
        ["bpf_map__reuse_fd"] = (() => OfLoaded(loaded => loaded.Reuse("counters", None())), EBADFD),
        ["bpf_obj_get_info_by_fd"] = (() => Info(), EBADFD),
        ["bpf_prog_attach_opts"] = (() => -Attach(), EBADF),
        ["bpf_prog_detach2"] = (() => -LibBpf.ProgramDetach(-1, NoInterface, LibBpf.BPF_TCX_INGRESS), EBADF),
        ["bpf_prog_query"] = (() => -Query(), ENODEV),
        ["bpf_tc_hook_create"] = (() => OfHook((hook, _) => LibBpf.TcHookCreate(hook)), ENODEV),
        ["bpf_tc_hook_destroy"] = (() => OfHook((hook, _) => LibBpf.TcHookDestroy(hook)), ENODEV),
        ["bpf_tc_attach"] = (() => OfHook((hook, opts) => LibBpf.TcAttach(hook, opts)), EINVAL),
        ["bpf_tc_detach"] = (() => OfHook((hook, opts) => LibBpf.TcDetach(hook, opts)), ENODEV),
        ["bpf_tc_query"] = (() => OfHook((hook, opts) => LibBpf.TcQuery(hook, opts)), ENODEV),
    };

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_that_fails_says_so_and_why(string name)
    {
        Netns.Require();
        var (errno, expected) = Calls[name];
        // Clears the error of an earlier call.
        Marshal.SetLastPInvokeError(0);
        Assert.Equal(expected, errno());
    }

    [Fact]
    public void Calls_that_answer_without_a_reason_say_that_they_failed()
    {
        Assert.Equal(-1, Files.close(-1));
        Assert.Equal(-1, Memory.MUnmap((void*)1, 1));
        Assert.False(SignalCalls.IsIgnored(-1));
        // A descriptor number without a file.
        using (var nobody = new Microsoft.Win32.SafeHandles.SafeFileHandle(int.MaxValue, ownsHandle: false))
            Assert.False(FileGroup.Set(nobody, "root"));
        Assert.True(LibBpf.Problem is null, LibBpf.Problem);
        var nothing = stackalloc byte[1];
        var opts = new BpfObjectOpenOpts { Size = (nuint)sizeof(BpfObjectOpenOpts) };
        Assert.Equal(0, LibBpf.ObjectOpenMem(nothing, 1, &opts));
        Assert.NotEqual(0, Marshal.GetLastPInvokeError());
        Assert.Equal(0, OfLoaded(loaded => new LinuxResult(loaded.Map("nothing") < 0 && loaded.TakeProgram("nothing").IsInvalid ? 0 : 1)));
    }

    [Fact]
    public void Nothing_is_opened_where_the_process_has_all_descriptors_that_it_may_have()
    {
        Netns.Require();
        Assert.True(LibBpf.Problem is null, LibBpf.Problem);
        using var program = BpfProbe.LoadProgram();
        var id = IdOf(program);
        Func<FileDescriptor>[] openers =
        [
            () => Files.Open("/dev/null", Files.O_RDONLY | Files.O_CLOEXEC),
            () => Files.EventFd(0, Files.EFD_CLOEXEC),
            () => SocketCalls.Socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0),
            () => MakeMap(BpfCall.BPF_MAP_TYPE_ARRAY),
            BpfProbe.LoadProgram,
            () => LibBpf.ProgramById(id),
        ];
        // Without the limit each call succeeds. In this first call the runtime opens what it needs.
        Assert.All(openers, open => Assert.Equal(0, OfDescriptor(open())));
        Assert.All(openers, open => Assert.Equal(EMFILE, WithoutDescriptors(() => OfDescriptor(open()))));
        Assert.Equal(EMFILE, WithoutDescriptors(() => TapDevice.Open("tap0", reattach: false).Error.Errno));
        Assert.Equal(EMFILE, WithoutDescriptors(() => TapProbe.Look().Opened.Errno));
    }

    [Fact]
    public void The_doctor_sees_that_there_is_no_tap_device()
    {
        Netns.Require();
        var errno = 0;
        var thread = new Thread(() =>
        {
            // A mount namespace of the thread's own, with an empty directory where the device is.
            Assert.Equal(0, Unshare(0x20000));
            Assert.Equal(0, Mount("none", "/", null, 0x44000, null));
            Assert.Equal(0, Mount("none", "/dev/net", "tmpfs", 0, null));
            errno = TapProbe.Look().Opened.Errno;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(ENOENT, errno);
    }

    private static int OfCall(nint answer) => answer == -1 ? Marshal.GetLastPInvokeError() : 0;

    private static int Stat()
    {
        StatX found;
        return DirectoryCalls.Stat(-1, "nothing", 0, DirectoryCalls.STATX_BASIC_STATS, &found);
    }

    private static int ReadNoClock()
    {
        TimeSpec time;
        return ClockCalls.GetTime(-1, &time);
    }

    private static int OfDescriptor(FileDescriptor opened)
    {
        using (opened)
            return opened.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    private static FileDescriptor None() => FileDescriptor.FromC(-1);

    private static int ExecuteNothing()
    {
        fixed (byte* path = "/proc/nothing\0"u8)
        {
            byte* end = null;
            return Processes.Execute(path, &end, &end);
        }
    }

    private static int Mask(int how)
    {
        var set = default(SignalSet);
        return SignalCalls.ThreadMask(how, &set, null);
    }

    private static FileDescriptor MakeMap(uint type)
    {
        var attributes = new BpfMapCreate
        {
            MapType = type,
            KeySize = sizeof(uint),
            ValueSize = sizeof(ulong),
            MaxEntries = 1,
        };
        return BpfCall.Make(BpfCall.BPF_MAP_CREATE, ref attributes);
    }

    private static LinuxResult AskNothing()
    {
        var attributes = new BpfMapCreate { MapType = uint.MaxValue };
        return BpfCall.Ask(BpfCall.BPF_MAP_CREATE, ref attributes);
    }

    // Without an object, libbpf is not called.
    private static int LoadNothing()
    {
        using var nothing = new LoadedObject(0);
        return -LibBpf.ObjectLoad(nothing);
    }

    private static int OfLoaded(Func<BpfObject, LinuxResult> ask)
    {
        var loaded = BpfObject.Load(static _ => LinuxResult.Ok, static _ => { });
        Assert.True(loaded.IsOk, loaded.Error.ToString());
        using (loaded.Value)
            return ask(loaded.Value!).Errno;
    }

    private static int Info()
    {
        var info = default(BpfProgInfo);
        var length = (uint)sizeof(BpfProgInfo);
        return -LibBpf.GetInfo(-1, &info, &length);
    }

    private static uint IdOf(FileDescriptor program)
    {
        var info = default(BpfProgInfo);
        var length = (uint)sizeof(BpfProgInfo);
        Assert.Equal(0, LibBpf.GetInfo(program.Number, &info, &length));
        return info.Id;
    }

    private static int Attach()
    {
        var opts = new BpfProgAttachOpts { Size = (nuint)sizeof(BpfProgAttachOpts) };
        return LibBpf.ProgramAttach(-1, 1, LibBpf.BPF_TCX_INGRESS, &opts);
    }

    private static int Query()
    {
        uint count = 0;
        return LibBpf.ProgramQuery(NoInterface, LibBpf.BPF_TCX_INGRESS, 0, null, null, &count);
    }

    private delegate int HookCall(BpfTcHook* hook, BpfTcOpts* opts);

    private static int OfHook(HookCall call)
    {
        var hook = new BpfTcHook
        {
            Size = (nuint)sizeof(BpfTcHook),
            Ifindex = NoInterface,
            AttachPoint = LibBpf.BPF_TC_INGRESS,
        };
        var opts = new BpfTcOpts
        {
            Size = (nuint)sizeof(BpfTcOpts),
            Handle = 1,
            Priority = 1,
        };
        return -call(&hook, &opts);
    }

    private static int WithoutDescriptors(Func<int> call)
    {
        Limits before;
        Assert.Equal(0, LimitProcess(0, Descriptors, null, &before));
        var none = before with { Soft = 0 };
        Assert.Equal(0, LimitProcess(0, Descriptors, &none, null));
        var errno = call();
        Assert.Equal(0, LimitProcess(0, Descriptors, &before, null));
        return errno;
    }

    private const int Descriptors = 7; // RLIMIT_NOFILE

    // struct rlimit (sys/resource.h).
    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(ulong Soft, ulong Hard);

    // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct rlimit *old_limit);
    [DllImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static extern int LimitProcess(int pid, int resource, Limits* wanted, Limits* before);

    // int unshare(int flags);
    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static extern int Unshare(int flags);

    // int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    private static extern int Mount(string source, string target, string? type, nuint flags, void* data);
}

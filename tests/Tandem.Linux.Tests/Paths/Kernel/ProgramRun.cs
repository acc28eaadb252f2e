using System.Runtime.InteropServices;
using Tandem.Core.Forwarding;
using Tandem.Linux.Devices;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>
/// The programs, loaded for a bond in a namespace of its own and run by the kernel on frames of the test's (BPF_PROG_TEST_RUN). Where a
/// frame goes shows in the counters: the redirection itself is not carried out.
/// </summary>
internal sealed class ProgramRun : IDisposable
{
    /// <summary>The kernel runs no program on less.</summary>
    public const int ShortestFrame = 14;

    private readonly Netns _here = new();
    private readonly TapDevice _bond;
    private readonly Dictionary<string, int> _ifindexes = [];

    public ProgramRun(int members)
    {
        // Pairs of veth devices, both ends here: an even number of interfaces.
        for (var i = 0; i < members; i += 2)
            _here.AddVeth($"m{i}", _here, $"m{i + 1}");
        (_bond, Path) = _here.Run(() =>
        {
            using var route = new RouteSocket();
            var bond = TapDevice.Open("bond0", reattach: false).Value!;
            var loaded = KernelPath.Load(WiringOf(route.GetLink("bond0").Value!.Ifindex), _ => { });
            Assert.True(loaded.IsOk, loaded.Error.ToString());
            for (var slot = 0; slot < members; slot++)
                Assert.True(loaded.Value!.OpenSlot(slot, route.GetLink($"m{slot}").Value!.Ifindex).IsOk);
            return (bond, loaded.Value!);
        });
    }

    public KernelPath Path { get; }

    /// <summary>Where the programs are attached around a device on whose egress they take frames.</summary>
    public static Wiring WiringOf(int bond) =>
        new()
        {
            Transmit = new Place(Hook.Here, bond, HookPoint.Egress),
            HasService = true,
            Host = Wiring.Into(bond),
            ShortHost = Wiring.Into(bond),
        };

    /// <summary>
    /// Runs the program of the bond's egress on a frame; the verdict (TC_ACT_*). The kernel refuses to run programs on an IP packet that is
    /// shorter than its header (Linux 6.18, say), but does not look behind a tag, and an empty one changes no hash.
    /// </summary>
    public int Send(ReadOnlySpan<byte> frame) =>
        Run(Path.TransmitProgram, IsRefused(frame) ? (byte[])[.. frame[..12], 0x81, 0, 0, 0, .. frame[12..]] : frame);

    /// <summary>Runs the program of the members' ingress on a frame that came by an interface; the verdict.</summary>
    public int Receive(byte[] frame, int ifindex) => _here.Run(() => Run(Path.ReceiveProgram, frame, ifindex));

    /// <summary>The same, for a slot, and the frame as the program left it.</summary>
    public (int Verdict, byte[] Frame) ReceiveOn(int slot, byte[] frame) =>
        _here.Run(() =>
        {
            using var route = new RouteSocket();
            var left = new byte[frame.Length];
            return (Run(Path.ReceiveProgram, frame, route.GetLink($"m{slot}").Value!.Ifindex, left), left);
        });

    /// <summary>The same on the calling thread, which is inside the namespace: often, and at the cost of the system call alone.</summary>
    public (int Verdict, byte[] Frame) ReceiveAgain(int slot, byte[] frame)
    {
        var left = new byte[frame.Length];
        return (Run(Path.ReceiveProgram, frame, IfindexOf($"m{slot}"), left), left);
    }

    /// <summary>The number of an interface.</summary>
    public int IfindexOf(string name)
    {
        if (!_ifindexes.TryGetValue(name, out var ifindex))
        {
            ifindex = InsideFor(() =>
            {
                using var route = new RouteSocket();
                return route.GetLink(name).Value!.Ifindex;
            });
            _ifindexes[name] = ifindex;
        }
        return ifindex;
    }

    /// <summary>Runs the program of the bond's egress on a frame; the frame as the program left it, null if the kernel refuses it.</summary>
    public byte[]? Sent(ReadOnlySpan<byte> frame)
    {
        if (IsRefused(frame))
            return null;
        var left = new byte[frame.Length];
        Run(Path.TransmitProgram, frame, left: left);
        return left;
    }

    /// <summary>The slot on which the program sent a frame; -1 if on none.</summary>
    public int SlotOf(ReadOnlySpan<byte> frame)
    {
        var before = Sent();
        Send(frame);
        var after = Sent();
        return Enumerable.Range(0, after.Length).FirstOrDefault(slot => after[slot] != before[slot], -1);
    }

    /// <summary>Binds this thread to one processor: each processor has its own round-robin state.</summary>
    public static void StayOnOneProcessor()
    {
        ulong first = 1;
        if (SchedSetAffinity(0, sizeof(ulong), ref first) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
    }

    public void Dispose()
    {
        _here.Run(Path.GiveFrames);
        _here.Run(Path.CloseSlots);
        Path.Dispose();
        _bond.Dispose();
        _here.Dispose();
    }

    /// <summary>Does something in the namespace.</summary>
    public void Inside(Action action) => _here.Run(action);

    /// <summary>The same, with a result.</summary>
    public T InsideFor<T>(Func<T> function) => _here.Run(function);

    /// <summary>Output of <c>ip</c> in the namespace.</summary>
    public string Ip(string arguments) => _here.Ip(arguments);

    /// <summary>Output of <c>tc</c> in the namespace.</summary>
    public string Tc(string arguments) => _here.Execute("tc", arguments);

    /// <summary>Frames sent on each slot.</summary>
    public ulong[] Sent() => [.. Enumerable.Range(0, ForwardingPlan.MaxMembers).Select(slot => Path.ReadCounters(slot).TxFrames)];

    private static bool IsRefused(ReadOnlySpan<byte> frame) =>
        (frame[12..14] is [0x08, 0x00] && frame.Length < 34) || (frame[12..14] is [0x86, 0xdd] && frame.Length < 54);

    private static int Run(int program, ReadOnlySpan<byte> frame, int ifindex = 0, byte[]? left = null)
    {
        unsafe
        {
            // struct __sk_buff as far as its member ifindex.
            Span<int> context = stackalloc int[11];
            context[10] = ifindex;
            fixed (byte* data = frame)
            fixed (int* said = context)
            fixed (byte* output = left)
            {
                var options = new TestRunOpts
                {
                    Size = (nuint)sizeof(TestRunOpts),
                    DataIn = data,
                    DataSizeIn = (uint)frame.Length,
                    DataOut = output,
                    DataSizeOut = (uint)(left?.Length ?? 0),
                    ContextIn = said,
                    ContextSizeIn = (uint)(context.Length * sizeof(int)),
                    Repeat = 1,
                };
                var answer = ProgramTestRun(program, &options);
                Assert.True(answer == 0, $"BPF_PROG_TEST_RUN: {Marshal.GetPInvokeErrorMessage(-answer)}, frame of {frame.Length} bytes");
                return (int)options.Result;
            }
        }
    }

    // struct bpf_test_run_opts (bpf/bpf.h).
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct TestRunOpts
    {
        public nuint Size;
        public void* DataIn;
        public void* DataOut;
        public uint DataSizeIn;
        public uint DataSizeOut;
        public void* ContextIn;
        public void* ContextOut;
        public uint ContextSizeIn;
        public uint ContextSizeOut;
        public uint Result;
        public int Repeat;
        public uint Duration;
        public uint Flags;
        public uint Cpu;
        public uint BatchSize;
    }

    // int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);
    [DllImport("libbpf.so.1", EntryPoint = "bpf_prog_test_run_opts")]
    private static extern unsafe int ProgramTestRun(int program, TestRunOpts* options);

    // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask);
    [DllImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static extern int SchedSetAffinity(int pid, nint size, ref ulong mask);
}

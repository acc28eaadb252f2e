using System.Net;
using System.Runtime.InteropServices;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Members;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Bonds;

/// <summary>Everything opened is closed: descriptors, threads and shared memory are as many afterwards as before.</summary>
public sealed unsafe class LeakTests : IBondJournal
{
    private const int Rounds = 50;

    [Theory]
    [InlineData(DataPathChoice.CSharp, DeviceKind.Tap)]
    [InlineData(DataPathChoice.Ebpf, DeviceKind.Tap)]
    [InlineData(DataPathChoice.Ebpf, DeviceKind.Veth)]
    public void Bonds_that_come_and_go_leave_nothing_open(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var here = new Netns();
        Repeat(() =>
            here.Run(() =>
            {
                using var host = Make(path, kind);
                host.WatchStack([IPAddress.Parse("192.0.2.1")]);
            })
        );
    }

    [Fact]
    public void Members_that_join_and_leave_leave_nothing_open()
    {
        Netns.Require();
        using var pair = new BondedPair(2, DataPathChoice.Ebpf);
        Repeat(() =>
        {
            Assert.True(pair.Attach(0).IsOk);
            Assert.True(pair.Attach(1).IsOk);
            pair.Publish(BondedPair.PlanOf(1, 0, 1));
            pair.Detach(0);
            pair.Detach(1);
        });
    }

    [Fact]
    public void A_bond_that_changes_its_data_path_leaves_nothing_open()
    {
        Netns.Require();
        using var pair = new BondedPair(1, DataPathChoice.Ebpf, DeviceKind.Tap).Connect();
        Repeat(() =>
        {
            pair.Use(DataPathChoice.CSharp);
            pair.Use(DataPathChoice.Ebpf);
        });
    }

    [Fact]
    public void A_bond_that_cannot_be_made_leaves_nothing_open()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add bond0 type veth peer name other0");
        Repeat(() =>
            here.Run(() =>
            {
                foreach (var kind in (DeviceKind[])[DeviceKind.Tap, DeviceKind.Veth])
                    Assert.Throws<InvalidOperationException>(() => Make(DataPathChoice.Ebpf, kind));
                Assert.Throws<InvalidOperationException>(() =>
                    new BondHost("bond1", new BondHostOptions { OtherEnd = 1 }, this, static _ => { })
                );
            })
        );
    }

    [Theory]
    [InlineData(DataPathChoice.CSharp, DeviceKind.Tap)]
    [InlineData(DataPathChoice.Ebpf, DeviceKind.Veth)]
    public void Wherever_descriptors_run_out_the_bond_is_not_made_and_leaves_nothing_open(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var here = new Netns();
        here.Run(() => Make(path, kind).Dispose());
        // The limit is a limit of descriptor numbers, so free numbers below it are used up first.
        var taken = new List<IDisposable>();
        for (var highest = Highest(); taken.Count == 0 || Highest() <= highest; )
            taken.Add(File.OpenHandle("/dev/null"));
        var before = Open.Now();
        var (failures, successes, last) = (0, 0, "");
        here.Run(() =>
        {
            for (var spare = 0; spare < 60 && successes < 3; spare++)
            {
                var restore = Limit(Highest() + 1 + spare);
                try
                {
                    Make(path, kind).Dispose();
                    successes++;
                }
                catch (InvalidOperationException e)
                {
                    failures++;
                    last = e.Message;
                }
                finally
                {
                    restore();
                }
            }
        });
        taken.ForEach(handle => handle.Dispose());
        before = before with { Descriptors = before.Descriptors - taken.Count };
        Assert.True(failures >= 5 && successes == 3, $"{failures} failures: {last}");
        Until.True(() => Open.Now().IsWithin(before), $"{before} before, {Open.Now()} after");
        Assert.DoesNotContain("bond0", here.Ip("link show"), StringComparison.Ordinal);
    }

    SavedMember IBondJournal.ToRestore(SavedMember present) => present;

    HostResult IBondJournal.Remember(SavedMember member) => HostResult.Done;

    void IBondJournal.Owe(SavedMember member, string problem) { }

    void IBondJournal.Forget(int ifindex) { }

    private BondHost Make(DataPathChoice path, DeviceKind kind) =>
        new("bond0", new BondHostOptions { Kind = kind, DataPath = path }, this, static _ => { });

    private static void Repeat(Action action)
    {
        // The first run opens what is opened once per process.
        action();
        var before = Open.Now();
        for (var i = 0; i < Rounds; i++)
            action();
        Until.True(() => Open.Now().IsWithin(before), $"{before} before, {Open.Now()} after");
    }

    private static int Highest() => Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path), null));

    private static Action Limit(int descriptors)
    {
        Limits before;
        Assert.Equal(0, LimitProcess(0, Descriptors, null, &before));
        var fewer = before with { Soft = (ulong)descriptors };
        Assert.Equal(0, LimitProcess(0, Descriptors, &fewer, null));
        var restored = before;
        return () => Restore(restored);
    }

    private static void Restore(Limits limits) => Assert.Equal(0, LimitProcess(0, Descriptors, &limits, null));

    // Threads of the runtime come and go at any time.
    private sealed record Open(int Descriptors, int Threads, int Mappings)
    {
        public static Open Now() =>
            new(
                Directory.GetFiles("/proc/self/fd").Count(static path => !IsAssembly(path)),
                Directory.GetDirectories("/proc/self/task").Count(task => !NameOf(task).StartsWith(".NET", StringComparison.Ordinal)),
                File.ReadLines("/proc/self/maps").Count(line => line.Contains("bpf", StringComparison.Ordinal))
            );

        public bool IsWithin(Open other) => Descriptors <= other.Descriptors && Threads <= other.Threads && Mappings <= other.Mappings;

        // The runtime loads assemblies when they are first needed, and keeps them open.
        private static bool IsAssembly(string descriptor)
        {
            try
            {
                return new FileInfo(descriptor).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) == true;
            }
            catch (IOException)
            {
                // The descriptor has just been closed.
                return false;
            }
        }

        private static string NameOf(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                // The thread has just ended.
                return ".NET";
            }
        }
    }

    private const int Descriptors = 7; // RLIMIT_NOFILE

    // struct rlimit (sys/resource.h).
    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(ulong Soft, ulong Hard);

    // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct rlimit *old_limit);
    [DllImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static extern int LimitProcess(int pid, int resource, Limits* wanted, Limits* before);
}

using System.Diagnostics;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Tandem.Linux.Data;
using Tandem.Linux.Native;

namespace Tandem.Linux;

/// <summary>
/// Carries out the forwarding plans of one bond, frame by frame, with two threads: one from the host to the members, one
/// from the members to the host. Slots are opened and closed by one owner at a time, while frames flow. Where the bond's device is not one
/// that this process reads and writes, only control frames come and go this way.
/// </summary>
public sealed class DataPath : IDisposable
{
    /// <summary>The most that is kept of a control frame that arrives.</summary>
    public const int ControlFrameLength = ControlFrames.FrameLength;

    /// <summary>Control frames of one slot that may wait.</summary>
    public const int ControlFrameCapacity = ControlFrames.Capacity + 1;

    private readonly SharedState _shared;
    private readonly BucketLoads _loads = new();
    private readonly HostToMembers? _hostToMembers;
    private readonly MembersToHost _membersToHost;
    private readonly Thread[] _threads;
    private readonly Lock _owner = new();
    private int _filter = MemberSockets.NoFilter;
    private bool _listens = true;
    private bool _isDisposed;

    /// <summary>Starts the threads, in the calling thread's network namespace.</summary>
    /// <param name="tap">
    /// The bond's device, which is to stay open for as long as the data path runs; null if it is of another kind.
    /// </param>
    /// <param name="name">The bond's name, for the names of the threads.</param>
    /// <param name="seed">Where chance begins, for plans that pick members at random.</param>
    /// <param name="memberFault">
    /// Called on a thread of the data path with a slot whose device turned out to be down or gone, at most once for each
    /// plan and direction. It must only pass the news on; if it says that it could not, it is called again for a later frame.
    /// </param>
    /// <param name="controlArrived">
    /// Called on the receiving thread when a frame that the plan has the brain hear (<see cref="ForwardingPlan.Hears"/>) waits for
    /// <see cref="TakeControl"/>. It must only pass the news on.
    /// </param>
    public DataPath(TapDevice? tap, string name, ulong seed, Func<int, bool> memberFault, Action? controlArrived = null)
    {
        _shared = new SharedState(memberFault) { ControlArrived = controlArrived };
        _hostToMembers = tap is null ? null : new HostToMembers(tap, _shared, _loads, seed);
        _membersToHost = new MembersToHost(tap, _shared);
        // The names show in ps -L and top -H, which have room for 15 bytes.
        _threads = [NewThread(_membersToHost.Run, $"rx {name}")];
        if (_hostToMembers is not null)
            _threads = [NewThread(_hostToMembers.Run, $"tx {name}"), .. _threads];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Frames of the host that no member could carry.</summary>
    public ulong NoMemberDropped => _hostToMembers?.Unrouted ?? 0;

    /// <summary>Adds the bytes that were sent of each bucket, and of what was in none.</summary>
    public void AddBucketBytes(Span<ulong> bytes) => _loads.AddTo(bytes);

    /// <summary>ARP requests of the host that told all others an address.</summary>
    public ulong ToldAll => _loads.ToldAll;

    /// <summary>Makes a plan the one that is carried out from the next frame on.</summary>
    public void Publish(ForwardingPlan plan) => _shared.Plan = plan;

    /// <summary>Opens a slot on an interface. Plans may name it from now on.</summary>
    public LinuxResult OpenSlot(int slot, int ifindex)
    {
        lock (_owner)
        {
            if (_shared[slot] is not null)
                return new LinuxResult(Errno.EBUSY, $"slot {slot} is open");
            var opened = MemberSockets.Open(slot, ifindex, _filter, _listens);
            if (opened.Value is not { } member)
                return opened.Error;
            _shared[slot] = member;
            _membersToHost.Checkpoint.Await();
            return LinuxResult.Ok;
        }
    }

    /// <summary>Closes a slot. When this returns no thread uses its socket any more.</summary>
    public void CloseSlot(int slot)
    {
        lock (_owner)
        {
            if (_shared[slot] is not { } member)
                return;
            _shared[slot] = null;
            _hostToMembers?.Checkpoint.Await();
            _membersToHost.Checkpoint.Await();
            member.Dispose();
        }
    }

    /// <summary>
    /// Sends a frame of Tandem's own (LACP, ARP and so on) on a slot, ahead of the host's. An LACPDU takes the place of the one that is
    /// kept to be said again.
    /// </summary>
    public LinuxResult SendControl(int slot, ReadOnlySpan<byte> frame)
    {
        lock (_owner)
        {
            if (_shared[slot] is not { } member)
                return new LinuxResult(Errno.ENXIO, $"slot {slot} is not open");
            if (ControlClass.Of(frame, hasTag: false) == ControlClass.Lacpdu)
                member.Kept.Forget();
            else if (frame.Length >= EthernetHeader.Length)
                _shared.OwnStation = MacAddress.Read(frame[MacAddress.Length..]);
            return member.Send(frame);
        }
    }

    /// <summary>
    /// Keeps the LACPDU that was just sent on a slot, to be said again from a time on, and then again and again, until another is sent or
    /// kept. An empty one ends that.
    /// </summary>
    public void KeepLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        if (_shared[slot] is not { } member)
            return;
        if (lacpdu.Length != SlowProtocols.FrameLength)
        {
            member.Kept.Forget();
            return;
        }
        member.Kept.Keep(lacpdu, Stopwatch.GetTimestamp(), due);
        // The thread may be asleep for as long as nothing was kept.
        _membersToHost.Checkpoint.Ask();
    }

    /// <summary>
    /// Takes the oldest control frame that waits on a slot; its length, 0 if none does. No more than <see cref="ControlFrameCapacity"/>
    /// ever wait, and of each at most <see cref="ControlFrameLength"/> bytes. Asked by the slots' owner alone.
    /// </summary>
    public int TakeControl(int slot, Span<byte> frame) => _shared[slot]?.Control.Take(frame) ?? 0;

    /// <summary>Control frames of a slot that were dropped because there were too many.</summary>
    public ulong ControlExcess(int slot) => _shared[slot]?.Control.Excess ?? 0;

    /// <summary>
    /// Puts an eBPF program in front of all members' sockets, now and later; it says which frames they get of those that they hear.
    /// Less than 0 for none.
    /// </summary>
    public LinuxResult SetFilter(int program)
    {
        lock (_owner)
        {
            _filter = program;
            for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
            {
                if (_shared[slot]?.SetFilter(program) is { IsOk: false } failed)
                    return failed;
            }
            return LinuxResult.Ok;
        }
    }

    /// <summary>Whether members' sockets hear what arrives, now and later; see <see cref="MemberSockets.SetListening"/>.</summary>
    public void SetListening(bool listens)
    {
        lock (_owner)
        {
            if (_listens == listens)
                return;
            _listens = listens;
            // Each waits for the kernel.
            Parallel.For(0, ForwardingPlan.MaxMembers, slot => _shared[slot]?.SetListening(listens));
        }
    }

    /// <summary>What was counted on a slot; zeros if it is not open.</summary>
    public SlotCounters ReadCounters(int slot)
    {
        lock (_owner)
        {
            if (_shared[slot] is not { } member)
                return default;
            member.CollectDrops();
            return member.Tally.Read();
        }
    }

    /// <summary>Ends the threads and closes all slots.</summary>
    public void Dispose()
    {
        lock (_owner)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _hostToMembers?.Checkpoint.Stop();
            _membersToHost.Checkpoint.Stop();
            foreach (var thread in _threads)
                thread.Join();
            Parallel.For(0, ForwardingPlan.MaxMembers, slot => _shared[slot]?.Dispose());
            for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
                _shared[slot] = null;
            _hostToMembers?.Checkpoint.Dispose();
            _membersToHost.Checkpoint.Dispose();
        }
    }

    private static Thread NewThread(ThreadStart run, string name) =>
        new(run, maxStackSize: 256 * 1024) { Name = name, IsBackground = true };
}

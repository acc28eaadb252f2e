using System.Diagnostics;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The socket data path of one bond: carries out its plans in this process with two threads, host to members and members to host. One
/// owner at a time opens and closes slots, while frames flow. If this process cannot read and write the bond's device, only control
/// frames use this path.
/// </summary>
internal sealed class SocketPath : IDataPath
{
    private readonly SharedState _shared;
    private readonly BucketLoads _loads = new();
    private readonly HostToMembers? _hostToMembers;
    private readonly MembersToHost _membersToHost;
    private readonly List<Thread> _threads = [];
    private readonly Lock _owner = new();
    private int _filter = MemberSockets.NoFilter;
    private bool _listens = true;
    private bool _isDisposed;

    /// <summary>Starts the threads, in the calling thread's network namespace.</summary>
    /// <param name="tap">
    /// The bond's device, open for as long as the data path runs; null if it is not a TAP device.
    /// </param>
    /// <param name="name">The bond's name, for the names of the threads.</param>
    /// <param name="seed">Seed of the random generator, for plans that select members at random.</param>
    /// <param name="memberFault">
    /// Called on a thread of the data path with a slot whose device is down or gone, at most once per plan and direction. Must only pass
    /// the report on; if it returns false, it is called again for a later frame.
    /// </param>
    /// <param name="controlArrived">
    /// Called on the receiving thread when a control frame that the plan passes to the brain (<see cref="ForwardingPlan.Hears"/>) waits
    /// for <see cref="TakeControl"/>. Must only pass the report on.
    /// </param>
    public SocketPath(TapDevice? tap, string name, ulong seed, Func<int, bool> memberFault, Action? controlArrived = null)
    {
        _shared = new SharedState(memberFault) { ControlArrived = controlArrived };
        _hostToMembers = tap is null ? null : new HostToMembers(tap, _shared, _loads, seed);
        try
        {
            _membersToHost = new MembersToHost(tap, _shared);
        }
        catch
        {
            _hostToMembers?.Checkpoint.Dispose();
            throw;
        }
        try
        {
            _threads.Add(OwnThread.Start($"rx {name}", _membersToHost.Run));
            if (_hostToMembers is not null)
                _threads.Add(OwnThread.Start($"tx {name}", _hostToMembers.Run));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ulong NoMember => _hostToMembers?.Unrouted ?? 0;

    /// <inheritdoc/>
    public void AddBucketBytes(Span<ulong> bytes) => _loads.AddTo(bytes);

    /// <inheritdoc/>
    public ulong ToldAll => _loads.ToldAll;

    /// <inheritdoc/>
    public void Publish(ForwardingPlan plan) => _shared.Plan = plan;

    /// <inheritdoc/>
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

    /// <summary>Closes a slot. On return no thread uses its sockets any more.</summary>
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
    /// Sends a frame of Tandem's own (LACP, ARP and so on) on a slot, ahead of the host's frames. An LACPDU replaces the stored one.
    /// </summary>
    public LinuxResult SendControl(int slot, ReadOnlySpan<byte> frame)
    {
        lock (_owner)
        {
            if (_shared[slot] is not { } member)
                return new LinuxResult(Errno.ENXIO, $"slot {slot} is not open");
            if (ControlClass.Of(frame, hasTag: false) == ControlClass.Lacpdu)
                member.Stored.Forget();
            else if (frame.Length >= EthernetHeader.Length)
                _shared.OwnStation = MacAddress.Read(frame[MacAddress.Length..]);
            return member.Send(frame);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The receiving thread sends it when due, and repeatedly afterwards.</remarks>
    public void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        if (_shared[slot] is not { } member)
            return;
        if (lacpdu.Length != SlowProtocols.FrameLength)
        {
            member.Stored.Forget();
            return;
        }
        member.Stored.Store(lacpdu, Stopwatch.GetTimestamp(), due);
        // The thread may be blocked in poll without a timeout, if nothing was stored before.
        _membersToHost.Checkpoint.Ask();
    }

    /// <summary>
    /// Takes the oldest waiting control frame of a slot; returns its length, 0 if there is none. At most
    /// <see cref="Bonds.IBondDevice.ControlFrameCapacity"/> frames wait, each at most <see cref="Bonds.IBondDevice.ControlFrameLength"/>
    /// bytes long. Called by the slots' owner alone.
    /// </summary>
    public int TakeControl(int slot, Span<byte> frame) => _shared[slot]?.Control.Take(frame) ?? 0;

    /// <summary>Control frames of a slot dropped because the limit was reached.</summary>
    public ulong ControlExcess(int slot) => _shared[slot]?.Control.Excess ?? 0;

    /// <summary>
    /// Sets the eBPF program that selects the frames of all members' sockets, present and later ones. Less than 0 for none.
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

    /// <summary>Sets whether all members' sockets listen, present and later ones; see <see cref="MemberSockets.SetListening"/>.</summary>
    public void SetListening(bool listens)
    {
        lock (_owner)
        {
            if (_listens == listens)
                return;
            _listens = listens;
            // Each call waits for the kernel.
            Parallel.For(0, ForwardingPlan.MaxMembers, slot => _shared[slot]?.SetListening(listens));
        }
    }

    /// <inheritdoc/>
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
            for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
            {
                _shared[slot]?.Dispose();
                _shared[slot] = null;
            }
            _hostToMembers?.Checkpoint.Dispose();
            _membersToHost.Checkpoint.Dispose();
        }
    }
}

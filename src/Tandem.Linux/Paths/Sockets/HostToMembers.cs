using System.Runtime.InteropServices;
using Tandem.Core.Forwarding;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>The thread that reads frames from the bond's device and sends them on the members that the plan selects.</summary>
internal sealed unsafe class HostToMembers(TapDevice tap, SharedState shared, BucketLoads loads, ulong seed)
{
    /// <summary>Frames between two passes of the checkpoint.</summary>
    private const int Burst = 64;

    /// <summary>Pause after a read from a device that is administratively down, in ms.</summary>
    private const int DownPauseMilliseconds = 20;

    private readonly int _tap = tap.Descriptor.Number;
    private FrameRouter _router = new(seed);
    private ulong _unrouted;

    public Checkpoint Checkpoint { get; } = new();

    /// <summary>Frames that no member could carry.</summary>
    public ulong Unrouted => Volatile.Read(ref _unrouted);

    public void Run()
    {
        using var buffer = new FrameBuffer();
        var fds = stackalloc PollFd[2];
        fds[0] = new PollFd { Fd = Checkpoint.Fd, Events = Files.POLLIN };
        fds[1] = new PollFd { Fd = _tap, Events = Files.POLLIN };
        while (!Checkpoint.IsStopping)
        {
            Checkpoint.Pass();
            var outcome = Drain(buffer.Start);
            if (outcome == Drained.More)
                continue;
            // A device that is down can stay readable; then only the checkpoint is polled.
            var isDown = outcome == Drained.Down;
            _ = Files.Poll(fds, isDown ? 1u : 2u, isDown ? DownPauseMilliseconds : -1);
        }
        Checkpoint.End();
    }

    private Drained Drain(byte* frame)
    {
        for (var i = 0; i < Burst; i++)
        {
            var length = Files.Read(_tap, frame, FrameBuffer.Capacity);
            if (length > VirtioNetHdr.Size)
                Forward(frame, (int)length);
            else if (length < 0)
                return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? Drained.Empty : Drained.Down;
        }
        return Drained.More;
    }

    private void Forward(byte* frame, int length)
    {
        var plan = shared.Plan;
        if (plan.Broadcasts(new ReadOnlySpan<byte>(frame + VirtioNetHdr.Size, length - VirtioNetHdr.Size)))
        {
            foreach (var slot in plan.Transmit.AsSpan())
                Send(plan, slot, frame, length);
            if (plan.Transmit.IsEmpty)
                Volatile.Write(ref _unrouted, _unrouted + 1);
            return;
        }
        if (plan.Balancing is { } balancing)
        {
            var whole = new Span<byte>(frame + VirtioNetHdr.Size, length - VirtioNetHdr.Size);
            var choice = BucketChoice.For(plan, balancing, whole);
            choice.Readdress(balancing, whole);
            loads.Count(choice, whole.Length);
            Send(plan, plan.Transmit[choice.Target], frame, length);
            return;
        }
        var chosen = _router.Route(plan, new ReadOnlySpan<byte>(frame + VirtioNetHdr.Size, length - VirtioNetHdr.Size));
        if (chosen < 0)
            Volatile.Write(ref _unrouted, _unrouted + 1);
        else
            Send(plan, chosen, frame, length);
    }

    private void Send(ForwardingPlan plan, int slot, byte* frame, int length)
    {
        var member = shared[slot];
        if (member is null)
        {
            Volatile.Write(ref _unrouted, _unrouted + 1);
            return;
        }
        var tally = member.Tally.Tx;
        if (SocketCalls.Send(member.Sender, frame, (nuint)length, SocketCalls.MSG_DONTWAIT) >= 0)
        {
            Volatile.Write(ref tally.Frames, tally.Frames + 1);
            Volatile.Write(ref tally.Bytes, tally.Bytes + (ulong)(length - VirtioNetHdr.Size));
            return;
        }
        var errno = Marshal.GetLastPInvokeError();
        Volatile.Write(ref tally.Dropped, tally.Dropped + 1);
        if (errno is Errno.ENETDOWN or Errno.ENXIO or Errno.ENODEV)
            shared.ReportTransmitFault(member, plan.Generation);
    }

    private enum Drained
    {
        Empty,
        More,
        Down,
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The thread that receives frames from the members and writes those that the plan delivers to the bond's device. It also repeats overdue
/// LACPDUs; see <see cref="StoredLacpdu"/>.
/// </summary>
internal sealed unsafe class MembersToHost(TapDevice? tap, SharedState shared)
{
    /// <summary>Frames of one member before the next member's turn.</summary>
    private const int Burst = 64;

    // Null if only control frames for the brain are received this way.
    private readonly FrameWriter? _writer = tap is null ? null : new(tap.Descriptor.Number);
    private readonly MemberSockets?[] _members = new MemberSockets?[ForwardingPlan.MaxMembers];

    public Checkpoint Checkpoint { get; } = new();

    public void Run()
    {
        using var buffer = new FrameBuffer();
        var ancillary = default(TagMessage);
        var part = new IoVec { Base = buffer.Start, Length = FrameBuffer.Capacity };
        var message = new MsgHdr
        {
            Iov = &part,
            IovLength = 1,
            Control = &ancillary,
        };
        var fds = stackalloc PollFd[ForwardingPlan.MaxMembers + 1];
        fds[0] = new PollFd { Fd = Checkpoint.Fd, Events = Files.POLLIN };
        var count = 0;
        while (!Checkpoint.IsStopping)
        {
            if (Checkpoint.Pass())
                count = List(fds + 1);
            var ready = Files.Poll(fds, (nuint)(count + 1), SendOverdue(count));
            if (ready <= 0)
                continue;
            for (var i = 0; i < count; i++)
            {
                if (fds[i + 1].Revents != 0)
                    Drain(_members[i]!, &message);
            }
        }
        Checkpoint.End();
    }

    /// <summary>Lists the open slots for poll.</summary>
    private int List(PollFd* fds)
    {
        Array.Clear(_members);
        var count = 0;
        for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
        {
            if (shared[slot] is not { } member)
                continue;
            _members[count] = member;
            fds[count] = new PollFd { Fd = member.Receiver, Events = Files.POLLIN };
            count++;
        }
        return count;
    }

    /// <summary>Sends overdue LACPDUs. Returns the ms until the next one; -1 if there is none.</summary>
    private int SendOverdue(int count)
    {
        var next = Clock.Never;
        for (var i = 0; i < count; i++)
            next = Math.Min(next, _members[i]!.Stored.Due);
        if (next == Clock.Never)
            return -1;
        var now = Stopwatch.GetTimestamp();
        if (now < next)
            return (int)Math.Min(int.MaxValue, ((next - now) / Clock.Millisecond) + 1);
        for (var i = 0; i < count; i++)
            _members[i]!.Stored.SendIfDue(_members[i]!, now);
        return 0;
    }

    private void Drain(MemberSockets member, MsgHdr* message)
    {
        var tally = member.Tally.Rx;
        for (var i = 0; i < Burst; i++)
        {
            message->ControlLength = (nuint)sizeof(TagMessage);
            var length = SocketCalls.ReceiveMessage(member.Receiver, message, SocketCalls.MSG_DONTWAIT);
            if (length < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN)
                    return;
                if (errno is Errno.ENETDOWN or Errno.ENXIO or Errno.ENODEV)
                {
                    // The kernel reports once that the device is down or gone.
                    shared.ReportReceiveFault(member, shared.Plan.Generation);
                    return;
                }
                // A virtio-net header cannot describe the frame (a segment of SCTP, for example): it is lost.
                Volatile.Write(ref tally.Dropped, tally.Dropped + 1);
                continue;
            }
            if (length <= VirtioNetHdr.Size)
                continue;
            HandOverControl(member, message, (int)length);
            if (_writer is not { } writer)
                continue;
            var plan = shared.Plan;
            var frame = new Span<byte>((byte*)message->Iov->Base + VirtioNetHdr.Size, (int)length - VirtioNetHdr.Size);
            if (!plan.Delivers(member.Slot, frame))
            {
                Volatile.Write(ref tally.Suppressed, tally.Suppressed + 1);
                continue;
            }
            plan.Balancing?.ToBond(frame);
            Deliver(writer, tally, message, (int)length);
        }
    }

    // The brain gets a copy whether or not the link delivers: LACPDUs matter most on a link that carries no traffic yet.
    private void HandOverControl(MemberSockets member, MsgHdr* message, int length)
    {
        var hears = shared.Plan.Hears;
        if (hears == ControlFrameKinds.None || shared.ControlArrived is not { } arrived || (message->Flags & SocketCalls.MSG_TRUNC) != 0)
            return;
        var frame = new ReadOnlySpan<byte>((byte*)message->Iov->Base + VirtioNetHdr.Size, length - VirtioNetHdr.Size);
        var tag = (TagMessage*)message->Control;
        var isTagged = tag->IsTag(message->ControlLength);
        if (ControlClass.Of(frame, isTagged, shared.OwnStation) is not { } ofClass || (ofClass.Kind & hears) == 0)
            return;
        var now = Stopwatch.GetTimestamp();
        if (ofClass == ControlClass.Lacpdu)
            member.Stored.Heard(now);
        if (
            member.Control.TryPut(
                ofClass,
                frame,
                now,
                isTagged ? new FrameTag(tag->Tpid, (ushort)(tag->Data.VlanTci & VlanTag.Number)) : null
            )
        )
            arrived();
    }

    private static void Deliver(FrameWriter writer, SlotTally.Receive tally, MsgHdr* message, int length)
    {
        var frame = (byte*)message->Iov->Base;
        var tag = (TagMessage*)message->Control;
        if (tag->IsTag(message->ControlLength))
        {
            frame -= VlanTag.Size;
            length += VlanTag.Size;
            VlanTag.Insert(new Span<byte>(frame, length), tag->Tpid, tag->Data.VlanTci);
        }
        if ((message->Flags & SocketCalls.MSG_TRUNC) != 0 || !writer.Write(frame, length))
        {
            Volatile.Write(ref tally.Dropped, tally.Dropped + 1);
            return;
        }
        Volatile.Write(ref tally.Frames, tally.Frames + 1);
        Volatile.Write(ref tally.Bytes, tally.Bytes + (ulong)(length - VirtioNetHdr.Size));
    }

    /// <summary>The control message with a frame's VLAN tag.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct TagMessage
    {
        public CMsgHdr Header;
        public TpacketAuxdata Data;

        /// <summary>The tag's EtherType; kernels before 3.14 do not set it, and mean 802.1Q.</summary>
        public readonly ushort Tpid => (Data.Status & Packet.TP_STATUS_VLAN_TPID_VALID) != 0 ? Data.VlanTpid : (ushort)0x8100;

        public readonly bool IsTag(nuint received) =>
            received >= (nuint)(sizeof(CMsgHdr) + sizeof(TpacketAuxdata))
            && Header.Level == Packet.SOL_PACKET
            && Header.Type == Packet.PACKET_AUXDATA
            && (Data.Status & Packet.TP_STATUS_VLAN_VALID) != 0;
    }
}

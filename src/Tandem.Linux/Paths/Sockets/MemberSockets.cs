using System.Buffers.Binary;
using Tandem.Linux.Native;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The three packet sockets of a member. The receiver sees a frame before the stack's own hooks do. Frames of the sender pass the
/// device's queueing discipline, so tcpdump and tc on the member work as usual. The third socket sends Tandem's own frames: it has its
/// own buffer and the highest priority, so that data cannot delay LACPDUs.
/// </summary>
internal sealed unsafe class MemberSockets : IDisposable
{
    /// <summary>Space for about 60 of the largest segments; limited by the sysctls where SO_RCVBUFFORCE is refused.</summary>
    private const int BufferBytes = 4 << 20;

    /// <summary>Instead of a program: all frames.</summary>
    public const int NoFilter = -1;

    // The senders receive nothing; the stack reads the protocol of their frames from the frames.
    private const ushort NoProtocol = 0;

    // A receiver bound to it receives nothing: in a frame, a number below 0x600 is a length, not an EtherType. Binding to 0 would not
    // change the protocol.
    private const ushort UnheardProtocol = 0x00ff;

    private const string CannotOpen = "cannot open a packet socket: CAP_NET_RAW is needed in this network namespace";

    private readonly FileDescriptor _receiver;
    private readonly FileDescriptor _sender;
    private readonly FileDescriptor _control;

    private MemberSockets(FileDescriptor[] sockets, int slot, int ifindex)
    {
        (_receiver, _sender, _control) = (sockets[0], sockets[1], sockets[2]);
        (Slot, Ifindex) = (slot, ifindex);
    }

    public int Slot { get; }

    public int Ifindex { get; }

    /// <summary>The descriptor for received frames.</summary>
    public int Receiver => _receiver.Number;

    /// <summary>The descriptor for frames of the host.</summary>
    public int Sender => _sender.Number;

    public SlotTally Tally { get; } = new();

    /// <summary>Received control frames that wait for the brain.</summary>
    public ControlFrames Control { get; } = new();

    /// <summary>The LACPDU to repeat if the brain's thread is late.</summary>
    public StoredLacpdu Stored { get; } = new();

    /// <summary>The generation of the plan under which the host-to-members thread last reported a fault.</summary>
    public long TransmitFaultGeneration { get; set; } = -1;

    /// <summary>The same for the members-to-host thread.</summary>
    public long ReceiveFaultGeneration { get; set; } = -1;

    /// <summary>Opens the sockets of a slot. The filter is an eBPF program; see <see cref="SetFilter"/>.</summary>
    public static LinuxResult<MemberSockets> Open(int slot, int ifindex, int filter, bool listens = true)
    {
        var sockets = new FileDescriptor[3];
        for (var i = 0; i < sockets.Length; i++)
        {
            // With protocol 0 a socket receives nothing until bind names the interface, so it never receives frames of other interfaces.
            sockets[i] = SocketCalls.Socket(
                SocketCalls.AF_PACKET,
                SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC | SocketCalls.SOCK_NONBLOCK,
                0
            );
            if (!sockets[i].IsInvalid)
                continue;
            var error = LinuxResult.Last(CannotOpen);
            foreach (var earlier in sockets.AsSpan(0, i))
                earlier.Dispose();
            return new LinuxResult<MemberSockets>(null, error);
        }
        var opened = new MemberSockets(sockets, slot, ifindex);
        var result = opened.SetUpSenders();
        if (result.IsOk)
            result = opened.SetUpReceiver(filter, listens);
        if (result.IsOk)
            return new LinuxResult<MemberSockets>(opened);
        opened.Dispose();
        return new LinuxResult<MemberSockets>(null, result);
    }

    /// <summary>Sets the eBPF program that selects the frames the receiver gets; less than 0 for all frames.</summary>
    public LinuxResult SetFilter(int program)
    {
        if (program >= 0)
            return SocketCalls.SetOption(_receiver, SocketCalls.SOL_SOCKET, SocketCalls.SO_ATTACH_BPF, program);
        var result = SocketCalls.SetOption(_receiver, SocketCalls.SOL_SOCKET, SocketCalls.SO_DETACH_FILTER, 0);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <summary>
    /// Sets whether the receiver receives anything. A listening one costs time for each frame of the member, whatever its filter says.
    /// Blocks for some 10 ms in the kernel. Fails only if the device is gone.
    /// </summary>
    public void SetListening(bool listens) => Bind(_receiver, listens ? Packet.ETH_P_ALL : UnheardProtocol);

    /// <summary>Adds the frames that did not fit into the socket's queue to the tally; reading resets the kernel's counter.</summary>
    public void CollectDrops()
    {
        TpacketStats statistics;
        var length = (uint)sizeof(TpacketStats);
        if (SocketCalls.GetSockOpt(_receiver, Packet.SOL_PACKET, Packet.PACKET_STATISTICS, &statistics, &length) == 0)
            Interlocked.Add(ref Tally.Rx.QueueFull, statistics.Drops);
    }

    /// <summary>Sends a frame of Tandem's own, without a virtio-net header.</summary>
    public LinuxResult Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            return SocketCalls.Send(_control.Number, start, (nuint)frame.Length, SocketCalls.MSG_DONTWAIT) < 0
                ? LinuxResult.Last()
                : LinuxResult.Ok;
        }
    }

    /// <summary>Closes the sockets in the background. They send and receive nothing any more.</summary>
    public void Dispose()
    {
        foreach (var socket in (FileDescriptor[])[_receiver, _sender, _control])
            SlowClose.Begin(socket);
    }

    private LinuxResult SetUpSenders()
    {
        SocketCalls.SetSendBuffer(_sender, BufferBytes);
        var result = SocketCalls.SetOption(_sender, Packet.SOL_PACKET, Packet.PACKET_VNET_HDR, 1);
        if (result.IsOk)
            result = SocketCalls.SetOption(_control, SocketCalls.SOL_SOCKET, SocketCalls.SO_PRIORITY, Packet.TC_PRIO_CONTROL);
        if (result.IsOk)
            result = Bind(_sender, NoProtocol);
        return result.IsOk ? Bind(_control, NoProtocol) : result;
    }

    private LinuxResult SetUpReceiver(int filter, bool listens)
    {
        SocketCalls.SetReceiveBuffer(_receiver, BufferBytes);
        var result = SocketCalls.SetOption(_receiver, Packet.SOL_PACKET, Packet.PACKET_VNET_HDR, 1);
        if (result.IsOk)
            result = SocketCalls.SetOption(_receiver, Packet.SOL_PACKET, Packet.PACKET_AUXDATA, 1);
        if (result.IsOk)
            result = SocketCalls.SetOption(_receiver, Packet.SOL_PACKET, Packet.PACKET_IGNORE_OUTGOING, 1);
        if (result.IsOk && filter >= 0)
            result = SetFilter(filter);
        return result.IsOk ? Bind(_receiver, listens ? Packet.ETH_P_ALL : UnheardProtocol) : result;
    }

    private LinuxResult Bind(FileDescriptor socket, ushort protocol)
    {
        var address = new SockAddrLl
        {
            Family = SocketCalls.AF_PACKET,
            ProtocolBigEndian = BinaryPrimitives.ReverseEndianness(protocol),
            Ifindex = Ifindex,
        };
        return SocketCalls.Bind(socket, &address, (uint)sizeof(SockAddrLl)) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }
}

using System.Buffers.Binary;
using Tandem.Linux.Native;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The packet sockets through which a member's frames come and go. The receiving one sees a frame before the stack's own hooks do. What
/// the sending one sends goes through the device's queueing discipline, so that tcpdump and tc on the member work as ever. The third one
/// sends Tandem's own frames: with a buffer of its own and ahead of all others, so that no amount of data keeps LACPDUs back.
/// </summary>
internal sealed unsafe class MemberSockets : IDisposable
{
    /// <summary>Room for some sixty of the largest segments; as much as the sysctls allow where force is refused.</summary>
    private const int BufferBytes = 4 << 20;

    /// <summary>In the place of a program: all frames.</summary>
    public const int NoFilter = -1;

    // The senders hear nothing, and the stack reads the protocol of what they send from the frame.
    private const ushort NoProtocol = 0;

    // Bound to it, the receiver hears nothing: as a number below 0x600 it would be a length in a frame, not a type. 0 would leave it bound
    // as it is.
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

    /// <summary>Where frames arrive.</summary>
    public int Receiver => _receiver.Number;

    /// <summary>Where frames of the host leave.</summary>
    public int Sender => _sender.Number;

    public SlotTally Tally { get; } = new();

    /// <summary>Control frames that arrived and wait to be taken.</summary>
    public ControlFrames Control { get; } = new();

    /// <summary>What is said again if the brain's thread is late.</summary>
    public KeptLacpdu Kept { get; } = new();

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
            // Protocol 0 hears nothing until bind names the interface; frames of other interfaces never get in.
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

    /// <summary>Lets an eBPF program say which frames the receiver gets of those that it hears; less than 0 for all.</summary>
    public LinuxResult SetFilter(int program)
    {
        if (program >= 0)
            return SocketCalls.SetOption(_receiver, SocketCalls.SOL_SOCKET, SocketCalls.SO_ATTACH_BPF, program);
        var result = SocketCalls.SetOption(_receiver, SocketCalls.SOL_SOCKET, SocketCalls.SO_DETACH_FILTER, 0);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <summary>
    /// Whether the receiver hears what arrives. One that does costs each frame of the member something, whatever its filter says. Waits
    /// for the kernel, some 10 ms. Fails only where the device is gone.
    /// </summary>
    public void SetListening(bool listens) => Bind(_receiver, listens ? Packet.ETH_P_ALL : UnheardProtocol);

    /// <summary>Adds frames for which the socket's queue had no room to the tally; reading sets the kernel's number to zero.</summary>
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

    /// <summary>Has the sockets closed, and does not wait for that. Nothing is sent or received by them any longer.</summary>
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

using Tandem.Linux.Native;

namespace Tandem.Linux.Data;

/// <summary>
/// The packet sockets through which a member's frames come and go. The first one sees a frame before the stack's own hooks do, and what
/// it sends goes through the device's queueing discipline, so that tcpdump and tc on the member work as ever. The second one sends
/// Tandem's own frames: with a buffer of its own and ahead of all others, so that no amount of data keeps LACPDUs back.
/// </summary>
internal sealed unsafe class MemberSocket : IDisposable
{
    /// <summary>Room for some sixty of the largest segments; as much as the sysctls allow where force is refused.</summary>
    private const int BufferBytes = 4 << 20;

    /// <summary>In the place of a program: all frames.</summary>
    public const int NoFilter = -1;

    private const string CannotOpen = "cannot open a packet socket: CAP_NET_RAW is needed in this network namespace";

    private readonly FileDescriptor _fd;
    private readonly FileDescriptor _control;

    private MemberSocket(FileDescriptor fd, FileDescriptor control, int slot, int ifindex) =>
        (_fd, _control, Slot, Ifindex) = (fd, control, slot, ifindex);

    public int Slot { get; }

    public int Ifindex { get; }

    public int Fd => _fd.Number;

    public SlotTally Tally { get; } = new();

    /// <summary>Control frames that arrived and wait to be taken.</summary>
    public ControlFrames Control { get; } = new();

    /// <summary>What is said again if the brain's thread is late.</summary>
    public KeptLacpdu Kept { get; } = new();

    /// <summary>The generation of the plan under which the host-to-members thread last reported a fault.</summary>
    public long TransmitFaultGeneration { get; set; } = -1;

    /// <summary>The same for the members-to-host thread.</summary>
    public long ReceiveFaultGeneration { get; set; } = -1;

    public static LinuxResult<MemberSocket> Open(int slot, int ifindex, int filter)
    {
        if (OpenOne() is not { IsInvalid: false } data)
            return new LinuxResult<MemberSocket>(null, LinuxResult.Last(CannotOpen));
        if (OpenOne() is not { IsInvalid: false } control)
        {
            var error = LinuxResult.Last(CannotOpen);
            data.Dispose();
            return new LinuxResult<MemberSocket>(null, error);
        }
        var socket = new MemberSocket(data, control, slot, ifindex);
        if (socket.SetUp(filter) is { IsOk: false } failed)
        {
            socket.Dispose();
            return new LinuxResult<MemberSocket>(null, failed);
        }
        return new LinuxResult<MemberSocket>(socket);
    }

    /// <summary>Lets an eBPF program say which frames the socket gets; less than 0 for all.</summary>
    public LinuxResult SetFilter(int program)
    {
        if (program >= 0)
            return Sockets.SetOption(_fd, Sockets.SOL_SOCKET, Sockets.SO_ATTACH_BPF, program);
        var result = Sockets.SetOption(_fd, Sockets.SOL_SOCKET, Sockets.SO_DETACH_FILTER, 0);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <summary>Adds frames for which the socket's queue had no room to the tally; reading sets the kernel's number to zero.</summary>
    public void CollectDrops()
    {
        TpacketStats statistics;
        var length = (uint)sizeof(TpacketStats);
        if (Sockets.GetSockOpt(_fd, Packet.SOL_PACKET, Packet.PACKET_STATISTICS, &statistics, &length) == 0)
            Interlocked.Add(ref Tally.Rx.QueueFull, statistics.Drops);
    }

    /// <summary>Sends a frame of Tandem's own, without a virtio-net header.</summary>
    public LinuxResult Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            return Sockets.Send(_control.Number, start, (nuint)frame.Length, Sockets.MSG_DONTWAIT) < 0
                ? LinuxResult.Last()
                : LinuxResult.Ok;
        }
    }

    public void Dispose()
    {
        _fd.Dispose();
        _control.Dispose();
    }

    // Protocol 0 hears nothing until bind names the interface; frames of other interfaces never get in.
    private static FileDescriptor OpenOne() =>
        Sockets.Socket(Sockets.AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK, 0);

    private LinuxResult SetUp(int filter)
    {
        Sockets.SetBuffers(_fd, BufferBytes, BufferBytes);
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_VNET_HDR, 1) is { IsOk: false } noHeader)
            return noHeader;
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_AUXDATA, 1) is { IsOk: false } noTags)
            return noTags;
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_IGNORE_OUTGOING, 1) is { IsOk: false } hearsItself)
            return hearsItself;
        if (filter >= 0 && SetFilter(filter) is { IsOk: false } unfiltered)
            return unfiltered;
        if (Sockets.SetOption(_control, Sockets.SOL_SOCKET, Sockets.SO_PRIORITY, Packet.TC_PRIO_CONTROL) is { IsOk: false } noPriority)
            return noPriority;
        // Bound to no protocol, the second one hears nothing.
        return Bind(_control, protocol: 0) is { IsOk: false } unbound ? unbound : Bind(_fd, Packet.ETH_P_ALL);
    }

    private LinuxResult Bind(FileDescriptor socket, ushort protocol)
    {
        var address = new SockAddrLl
        {
            Family = Sockets.AF_PACKET,
            ProtocolBigEndian = (ushort)(protocol << 8),
            Ifindex = Ifindex,
        };
        return Sockets.Bind(socket, &address, (uint)sizeof(SockAddrLl)) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }
}

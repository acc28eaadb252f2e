using Tandem.Linux.Native;

namespace Tandem.Linux.Data;

/// <summary>
/// The packet socket through which a member's frames come and go. It sees a frame before the stack's own hooks do, and what
/// it sends goes through the device's queueing discipline, so that tcpdump and tc on the member work as ever.
/// </summary>
internal sealed unsafe class MemberSocket : IDisposable
{
    /// <summary>Room for some sixty of the largest segments; as much as the sysctls allow where force is refused.</summary>
    private const int BufferBytes = 4 << 20;

    private readonly FileDescriptor _fd;
    private bool _isPromiscuous;

    private MemberSocket(FileDescriptor fd, int slot, int ifindex) => (_fd, Slot, Ifindex) = (fd, slot, ifindex);

    public int Slot { get; }

    public int Ifindex { get; }

    public int Fd => _fd.Number;

    public SlotTally Tally { get; } = new();

    /// <summary>The generation of the plan under which the host-to-members thread last reported a fault.</summary>
    public long TransmitFaultGeneration { get; set; } = -1;

    /// <summary>The same for the members-to-host thread.</summary>
    public long ReceiveFaultGeneration { get; set; } = -1;

    public static LinuxResult<MemberSocket> Open(int slot, int ifindex)
    {
        // Protocol 0 hears nothing until bind names the interface; frames of other interfaces never get in.
        var fd = Sockets.Socket(Sockets.AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK, 0);
        if (fd.IsInvalid)
        {
            var error = LinuxResult.Last("cannot open a packet socket: CAP_NET_RAW is needed in this network namespace");
            fd.Dispose();
            return new LinuxResult<MemberSocket>(null, error);
        }
        var socket = new MemberSocket(fd, slot, ifindex);
        if (socket.SetUp() is { IsOk: false } failed)
        {
            socket.Dispose();
            return new LinuxResult<MemberSocket>(null, failed);
        }
        return new LinuxResult<MemberSocket>(socket);
    }

    /// <summary>Hears all unicast frames, not only those for the member's own address.</summary>
    public LinuxResult SetPromiscuous(bool on)
    {
        if (on == _isPromiscuous)
            return LinuxResult.Ok;
        var option = on ? Packet.PACKET_ADD_MEMBERSHIP : Packet.PACKET_DROP_MEMBERSHIP;
        var result = SetMembership(option, Packet.PACKET_MR_PROMISC);
        if (result.IsOk)
            _isPromiscuous = on;
        return result;
    }

    /// <summary>Adds frames for which the socket's queue had no room to the tally; reading sets the kernel's number to zero.</summary>
    public void CollectDrops()
    {
        TpacketStats statistics;
        var length = (uint)sizeof(TpacketStats);
        if (Sockets.GetSockOpt(_fd, Packet.SOL_PACKET, Packet.PACKET_STATISTICS, &statistics, &length) == 0)
            Interlocked.Add(ref Tally.Rx.QueueFull, statistics.Drops);
    }

    public void Dispose() => _fd.Dispose();

    private LinuxResult SetUp()
    {
        Sockets.SetBuffers(_fd, BufferBytes, BufferBytes);
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_VNET_HDR, 1) is { IsOk: false } noHeader)
            return noHeader;
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_AUXDATA, 1) is { IsOk: false } noTags)
            return noTags;
        if (Sockets.SetOption(_fd, Packet.SOL_PACKET, Packet.PACKET_IGNORE_OUTGOING, 1) is { IsOk: false } hearsItself)
            return hearsItself;
        var address = new SockAddrLl
        {
            Family = Sockets.AF_PACKET,
            ProtocolBigEndian = (ushort)(Packet.ETH_P_ALL << 8),
            Ifindex = Ifindex,
        };
        if (Sockets.Bind(_fd, &address, (uint)sizeof(SockAddrLl)) < 0)
            return LinuxResult.Last();
        // The member's own multicast filter knows nothing of the groups that the host joined on the bond.
        return SetMembership(Packet.PACKET_ADD_MEMBERSHIP, Packet.PACKET_MR_ALLMULTI);
    }

    private LinuxResult SetMembership(int option, ushort type)
    {
        var request = new PacketMreq { Ifindex = Ifindex, Type = type };
        return Sockets.SetSockOpt(_fd, Packet.SOL_PACKET, option, &request, (uint)sizeof(PacketMreq)) < 0
            ? LinuxResult.Last()
            : LinuxResult.Ok;
    }
}

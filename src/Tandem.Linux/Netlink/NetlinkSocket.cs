using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Handles one message of a reply.</summary>
internal delegate void MessageHandler(in NetlinkMessage message);

/// <summary>
/// A netlink socket for requests: sends a request and reads its whole reply. Replies to other sequence numbers or ports are ignored. Used
/// by one thread at a time.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>The kernel sends dumps in datagrams of at most 32 KiB.</summary>
    private const int ReceiveSize = 64 * 1024;

    /// <summary>How often a dump is restarted if the kernel's tables changed meanwhile.</summary>
    private const int DumpAttempts = 8;

    private readonly FileDescriptor _fd;
    private readonly uint _portId;
    private readonly byte[] _received = new byte[ReceiveSize];
    private uint _sequence;

    public NetlinkSocket(int protocol)
    {
        _fd = SocketCalls.Socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC, protocol);
        if (_fd.IsInvalid)
            throw new InvalidOperationException($"cannot open a netlink socket: {Marshal.GetLastPInvokeErrorMessage()}");
        var address = new SockAddrNl { Family = SocketCalls.AF_NETLINK };
        var length = (uint)sizeof(SockAddrNl);
        if (SocketCalls.Bind(_fd, &address, length) < 0 || SocketCalls.GetSockName(_fd, &address, &length) < 0)
        {
            var error = LinuxResult.Last();
            _fd.Dispose();
            throw new InvalidOperationException($"cannot bind a netlink socket: {error}");
        }
        _portId = address.PortId;
        SocketCalls.SetOption(_fd, Nl.SOL_NETLINK, Nl.NETLINK_CAP_ACK, 1);
        SocketCalls.SetOption(_fd, Nl.SOL_NETLINK, Nl.NETLINK_EXT_ACK, 1);
        // The reply is available when the request returns; the time limit is for a kernel that does not answer.
        var bound = stackalloc long[] { 5, 0 };
        _ = SocketCalls.SetSockOpt(_fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVTIMEO, bound, 2 * sizeof(long));
    }

    /// <summary>Makes the kernel check dump requests strictly, and use all of their attributes (Linux 4.20).</summary>
    public void BeStrict() => SocketCalls.SetOption(_fd, Nl.SOL_NETLINK, Nl.NETLINK_GET_STRICT_CHK, 1);

    /// <summary>The sequence number for the next request.</summary>
    public uint NextSequence() => ++_sequence;

    /// <summary>Sends a request with acknowledgement, and reads the reply up to it.</summary>
    public LinuxResult Request(ReadOnlySpan<byte> request, uint sequence, MessageHandler? handler = null)
    {
        if (Send(request) is { IsOk: false } failed)
            return failed;
        return ReadReply(sequence, handler, out _);
    }

    /// <summary>
    /// Sends a dump request and reads the whole dump. If the kernel reports that it is inconsistent, calls <paramref name="restart"/> and
    /// requests it again.
    /// </summary>
    public LinuxResult Dump(Span<byte> request, MessageHandler handler, Action restart)
    {
        var result = LinuxResult.Ok;
        for (var attempt = 0; attempt < DumpAttempts; attempt++)
        {
            var sequence = NextSequence();
            MemoryMarshal.Write(request[8..], sequence);
            restart();
            if (Send(request) is { IsOk: false } failed)
                return failed;
            result = ReadReply(sequence, handler, out var interrupted);
            if (!interrupted)
                return result;
        }
        return result;
    }

    public void Dispose() => _fd.Dispose();

    private LinuxResult Send(ReadOnlySpan<byte> request)
    {
        fixed (byte* p = request)
            return SocketCalls.Send(_fd.Number, p, (nuint)request.Length, 0) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }

    private LinuxResult ReadReply(uint sequence, MessageHandler? handler, out bool interrupted)
    {
        interrupted = false;
        fixed (byte* buffer = _received)
        {
            while (true)
            {
                var length = SocketCalls.Receive(_fd.Number, buffer, ReceiveSize, SocketCalls.MSG_TRUNC);
                if (length < 0)
                {
                    var error = LinuxResult.Last("no answer to a netlink request");
                    if (error.Errno == Errno.EINTR)
                        continue;
                    return error;
                }
                if (length > ReceiveSize)
                    return new LinuxResult(Errno.EBADMSG, $"a netlink message of {length} bytes");
                var messages = new MessageReader(new ReadOnlySpan<byte>(buffer, (int)length));
                while (messages.TryNext(out var message))
                {
                    if (message.Header.Sequence != sequence || message.Header.PortId != _portId)
                        continue;
                    interrupted |= (message.Header.Flags & Nl.NLM_F_DUMP_INTR) != 0;
                    if (message.Header.Type is Nl.NLMSG_ERROR or Nl.NLMSG_DONE)
                        return NetlinkError.Read(message);
                    handler?.Invoke(message);
                }
            }
        }
    }
}

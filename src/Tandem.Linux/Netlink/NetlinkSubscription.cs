using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Result of waiting for a message.</summary>
internal enum News
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>Messages were lost: the state must be read again.</summary>
    Lost,

    /// <summary>The subscription was stopped.</summary>
    Stopped,
}

/// <summary>
/// A netlink socket for multicast messages, in the network namespace of the thread that created it. One thread reads; any thread may stop
/// it. Dispose after the reading thread has ended.
/// </summary>
internal sealed unsafe class NetlinkSubscription : IDisposable
{
    private const int ReceiveSize = 64 * 1024;

    private readonly FileDescriptor _fd;
    private readonly WakeUp _stop = new();
    private readonly byte[] _received = new byte[ReceiveSize];
    private int _position;
    private int _end;

    /// <summary>Subscribes.</summary>
    /// <param name="protocol">NETLINK_*.</param>
    /// <param name="groups">The protocol's multicast groups.</param>
    /// <param name="receiveBytes">Receive buffer size.</param>
    /// <exception cref="InvalidOperationException">The kernel lacks the protocol, or refuses.</exception>
    public NetlinkSubscription(int protocol, ReadOnlySpan<int> groups, int receiveBytes)
    {
        _fd = SocketCalls.Socket(
            SocketCalls.AF_NETLINK,
            SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC | SocketCalls.SOCK_NONBLOCK,
            protocol
        );
        if (_fd.IsInvalid)
            throw Failed("open", LinuxResult.Last());
        if (!SocketCalls.SetOption(_fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, receiveBytes).IsOk)
            SocketCalls.SetOption(_fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUF, receiveBytes);
        // An unbound socket has port 0 like the kernel, which does not send to itself.
        var address = new SockAddrNl { Family = SocketCalls.AF_NETLINK };
        if (SocketCalls.Bind(_fd, &address, (uint)sizeof(SockAddrNl)) < 0)
            throw Failed("bind", LinuxResult.Last());
        foreach (var group in groups)
        {
            if (SocketCalls.SetOption(_fd, Nl.SOL_NETLINK, Nl.NETLINK_ADD_MEMBERSHIP, group) is { IsOk: false } error)
                throw Failed("subscribe", error);
        }
    }

    /// <summary>Blocks until the next message, which is valid until the next call.</summary>
    public News Next(out NetlinkMessage message)
    {
        var fds = stackalloc PollFd[2];
        while (!TakeBuffered(out message))
        {
            fds[0] = new PollFd { Fd = _fd.Number, Events = Files.POLLIN };
            fds[1] = new PollFd { Fd = _stop.Fd, Events = Files.POLLIN };
            if (Files.Poll(fds, 2, -1) < 0)
                continue;
            if (fds[1].Revents != 0)
                return News.Stopped;
            if (!Receive())
                return News.Lost;
        }
        return News.Message;
    }

    /// <summary>The descriptor to poll, for callers that only need to know that messages wait.</summary>
    public int Fd => _fd.Number;

    /// <summary>Discards all waiting messages.</summary>
    public void Skip()
    {
        (_position, _end) = (0, 0);
        fixed (byte* buffer = _received)
            Empty(buffer);
    }

    /// <summary>Makes <see cref="Next"/> return <see cref="News.Stopped"/> from now on.</summary>
    public void Stop() => _stop.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _fd.Dispose();
        _stop.Dispose();
    }

    private bool TakeBuffered(out NetlinkMessage message)
    {
        var reader = new MessageReader(_received.AsSpan(_position.._end));
        if (reader.TryNext(out message))
        {
            _position = _end - reader.Remaining;
            return true;
        }
        _position = _end;
        return false;
    }

    /// <summary>Reads a datagram into the buffer; false if messages were lost.</summary>
    private bool Receive()
    {
        (_position, _end) = (0, 0);
        fixed (byte* buffer = _received)
        {
            var length = SocketCalls.Receive(_fd.Number, buffer, ReceiveSize, SocketCalls.MSG_TRUNC);
            if (length > ReceiveSize || (length < 0 && Marshal.GetLastPInvokeError() == Errno.ENOBUFS))
            {
                // After an overrun the kernel drops messages silently until the queue is empty. So empty it before the caller reads the
                // state again.
                Empty(buffer);
                return false;
            }
            if (length < 0)
                return true;
            _end = (int)length;
            return true;
        }
    }

    private void Empty(byte* buffer)
    {
        // Overruns are reported in between. Any other error is persistent and would loop forever.
        while (
            SocketCalls.Receive(_fd.Number, buffer, ReceiveSize, 0) >= 0 || Marshal.GetLastPInvokeError() is Errno.ENOBUFS or Errno.EINTR
        ) { }
    }

    private InvalidOperationException Failed(string what, LinuxResult error)
    {
        Dispose();
        return new InvalidOperationException($"cannot {what} a netlink socket for news: {error}");
    }
}

using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>What a <see cref="LinkChange"/> tells.</summary>
public enum LinkChangeKind
{
    /// <summary>The monitor was stopped: there is nothing more to read.</summary>
    Stopped = 0,

    /// <summary>An interface is new or changed.</summary>
    Link = 1,

    /// <summary>An interface is gone.</summary>
    LinkDeleted = 2,

    /// <summary>An address is new or changed.</summary>
    Address = 3,

    /// <summary>An address is gone.</summary>
    AddressDeleted = 4,

    /// <summary>Changes were lost: read everything again.</summary>
    Resync = 5,
}

/// <summary>A change of an interface or of an address.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Link">The interface, for the kinds that are about one.</param>
/// <param name="Address">The address, for the kinds that are about one.</param>
public readonly record struct LinkChange(LinkChangeKind Kind, LinkInfo? Link = null, AddressInfo? Address = null);

/// <summary>
/// Tells of interfaces and addresses as they change, in the network namespace of the thread that made it. One thread reads;
/// any thread may stop it. Dispose after the reading thread has ended.
/// </summary>
public sealed unsafe class LinkMonitor : IDisposable
{
    private const int ReceiveSize = 64 * 1024;

    private readonly FileDescriptor _fd;
    private readonly WakeUp _stop = new();
    private readonly byte[] _received = new byte[ReceiveSize];
    private int _position;
    private int _end;

    /// <summary>Subscribes.</summary>
    /// <param name="receiveBytes">Room for messages that were not read yet.</param>
    public LinkMonitor(int receiveBytes = 4 << 20)
    {
        _fd = Sockets.Socket(Sockets.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK, Nl.NETLINK_ROUTE);
        if (_fd.IsInvalid)
            throw new InvalidOperationException($"cannot open a netlink socket: {Marshal.GetLastPInvokeErrorMessage()}");
        if (!Sockets.SetOption(_fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, receiveBytes).IsOk)
            Sockets.SetOption(_fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, receiveBytes);
        // Without an address of its own a socket has that of the kernel, and the kernel does not tell itself.
        var address = new SockAddrNl { Family = Sockets.AF_NETLINK };
        if (Sockets.Bind(_fd, &address, (uint)sizeof(SockAddrNl)) < 0)
            throw new InvalidOperationException($"cannot bind a netlink socket: {LinuxResult.Last()}");
        ReadOnlySpan<int> groups = [Rt.RTNLGRP_LINK, Rt.RTNLGRP_IPV4_IFADDR, Rt.RTNLGRP_IPV6_IFADDR];
        foreach (var group in groups)
        {
            if (Sockets.SetOption(_fd, Nl.SOL_NETLINK, Nl.NETLINK_ADD_MEMBERSHIP, group) is { IsOk: false } error)
                throw new InvalidOperationException($"cannot subscribe to link messages: {error}");
        }
    }

    /// <summary>Waits for the next change.</summary>
    public LinkChange Read()
    {
        var fds = stackalloc PollFd[2];
        while (true)
        {
            if (TakeBuffered() is { } change)
                return change;
            fds[0] = new PollFd { Fd = _fd.Number, Events = Files.POLLIN };
            fds[1] = new PollFd { Fd = _stop.Fd, Events = Files.POLLIN };
            if (Files.Poll(fds, 2, -1) < 0)
                continue;
            if (fds[1].Revents != 0)
                return new LinkChange(LinkChangeKind.Stopped);
            if (!Receive())
                return new LinkChange(LinkChangeKind.Resync);
        }
    }

    /// <summary>Makes <see cref="Read"/> return <see cref="LinkChangeKind.Stopped"/>, now and ever after.</summary>
    public void Stop() => _stop.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _fd.Dispose();
        _stop.Dispose();
    }

    private LinkChange? TakeBuffered()
    {
        while (_position < _end)
        {
            var reader = new MessageReader(_received.AsSpan(_position.._end));
            if (!reader.TryNext(out var message))
            {
                _position = _end;
                return null;
            }
            _position = _end - reader.Remaining;
            if (Interpret(message) is { } change)
                return change;
        }
        return null;
    }

    private static LinkChange? Interpret(in NetlinkMessage message)
    {
        switch (message.Header.Type)
        {
            case Rt.RTM_NEWLINK or Rt.RTM_DELLINK when LinkParser.Parse(message) is { } link:
                var isNew = message.Header.Type == Rt.RTM_NEWLINK;
                return new LinkChange(isNew ? LinkChangeKind.Link : LinkChangeKind.LinkDeleted, Link: link);
            case Rt.RTM_NEWADDR or Rt.RTM_DELADDR when AddressParser.Parse(message) is { } address:
                var isAdded = message.Header.Type == Rt.RTM_NEWADDR;
                return new LinkChange(isAdded ? LinkChangeKind.Address : LinkChangeKind.AddressDeleted, Address: address);
            default:
                return null;
        }
    }

    /// <summary>Reads a datagram into the buffer; false if messages were lost.</summary>
    private bool Receive()
    {
        (_position, _end) = (0, 0);
        fixed (byte* buffer = _received)
        {
            var length = Sockets.Receive(_fd.Number, buffer, ReceiveSize, Sockets.MSG_TRUNC);
            if (length > ReceiveSize || (length < 0 && Marshal.GetLastPInvokeError() == Errno.ENOBUFS))
            {
                // Until its queue is empty the kernel drops what follows without another word, so the queue is emptied before
                // the caller reads everything anew.
                while (Sockets.Receive(_fd.Number, buffer, ReceiveSize, 0) >= 0 || Marshal.GetLastPInvokeError() != Errno.EAGAIN) { }
                return false;
            }
            if (length < 0)
                return true;
            _end = (int)length;
            return true;
        }
    }
}

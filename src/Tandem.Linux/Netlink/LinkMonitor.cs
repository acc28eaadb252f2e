using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Kinds of <see cref="LinkChange"/>.</summary>
public enum LinkChangeKind
{
    /// <summary>The monitor was stopped.</summary>
    Stopped = 0,

    /// <summary>An interface was created or changed.</summary>
    Link = 1,

    /// <summary>An interface was deleted.</summary>
    LinkDeleted = 2,

    /// <summary>Messages were lost: all interfaces must be read again.</summary>
    Resync = 3,
}

/// <summary>A change of an interface.</summary>
/// <param name="Kind">The kind of change.</param>
/// <param name="Link">The interface, if the kind concerns one.</param>
public readonly record struct LinkChange(LinkChangeKind Kind, LinkInfo? Link = null);

/// <summary>
/// Reports changes of interfaces in the network namespace of the thread that created it. One thread reads; any thread may stop it.
/// Dispose after the reading thread has ended.
/// </summary>
public sealed class LinkMonitor : IDisposable
{
    private readonly NetlinkSubscription _subscription;

    /// <summary>Subscribes.</summary>
    /// <param name="receiveBytes">Receive buffer size.</param>
    public LinkMonitor(int receiveBytes = 4 << 20) =>
        _subscription = new NetlinkSubscription(Nl.NETLINK_ROUTE, [Rt.RTNLGRP_LINK], receiveBytes);

    /// <summary>Blocks until the next change.</summary>
    public LinkChange Read()
    {
        while (true)
        {
            switch (_subscription.Next(out var message))
            {
                case News.Stopped:
                    return new LinkChange(LinkChangeKind.Stopped);
                case News.Lost:
                    return new LinkChange(LinkChangeKind.Resync);
                case News.Message when Interpret(message) is { } change:
                    return change;
            }
        }
    }

    /// <summary>Makes <see cref="Read"/> return <see cref="LinkChangeKind.Stopped"/> from now on.</summary>
    public void Stop() => _subscription.Stop();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private static LinkChange? Interpret(in NetlinkMessage message)
    {
        if (message.Header.Type is not (Rt.RTM_NEWLINK or Rt.RTM_DELLINK) || LinkParser.Parse(message) is not { } link)
            return null;
        return new LinkChange(message.Header.Type == Rt.RTM_NEWLINK ? LinkChangeKind.Link : LinkChangeKind.LinkDeleted, link);
    }
}

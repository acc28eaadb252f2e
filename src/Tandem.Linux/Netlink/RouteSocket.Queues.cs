using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>What interfaces do not send.</content>
public sealed partial class RouteSocket
{
    /// <summary>The frames that an interface refused to send; null if it is gone, or the kernel does not tell.</summary>
    internal RefusedFrames? GetRefused(int ifindex) => GetLink(ifindex).Value is { } link ? GetRefused(link) : null;

    /// <summary>The frames that an interface refused to send, by its counters as they were read.</summary>
    internal RefusedFrames GetRefused(LinkInfo link)
    {
        // Most virtual devices have no queue that could be full. For the others the kernel tells of all interfaces, whichever is asked for.
        return link.Qdisc is null or "noqueue" or "noop"
            ? new RefusedFrames(link.Statistics.TxDropped, 0)
            : new RefusedFrames(link.Statistics.TxDropped, DroppedByQueue(link.Ifindex));
    }

    private ulong DroppedByQueue(int ifindex)
    {
        ulong dropped = 0;
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Tc.RTM_GETQDISC, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new TcMsg { Ifindex = ifindex });
        request.EndMessage();
        _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) => dropped = QueueParser.DroppedByRoot(message, ifindex) ?? dropped,
            () => dropped = 0
        );
        return dropped;
    }
}

using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>Drops of interfaces.</content>
public sealed partial class RouteSocket
{
    /// <summary>Frames that an interface dropped; null if it is gone, or the kernel does not answer.</summary>
    internal RefusedFrames? GetRefused(int ifindex) => GetLink(ifindex).Value is { } link ? GetRefused(link) : null;

    /// <summary>Frames that an interface dropped; the device's part is taken from the given counters.</summary>
    internal RefusedFrames GetRefused(LinkInfo link)
    {
        // Most virtual devices have no queue. For others the kernel always dumps the queues of all interfaces.
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

using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Parses RTM_NEWQDISC messages.</summary>
internal static class QueueParser
{
    /// <summary>
    /// Frames dropped by an interface's root queueing discipline, which includes those of its children. Null if the message concerns
    /// another interface or a child.
    /// </summary>
    public static ulong? DroppedByRoot(in NetlinkMessage message, int ifindex)
    {
        if (message.Header.Type != Tc.RTM_NEWQDISC || !message.TrySplit(out TcMsg header, out var attributes))
            return null;
        if (header.Ifindex != ifindex || header.Parent != Tc.TC_H_ROOT)
            return null;
        while (attributes.TryNext(out var attribute))
        {
            if (attribute.Type != Tc.TCA_STATS2)
                continue;
            var statistics = attribute.Nested;
            while (statistics.TryNext(out var part))
            {
                if (part.Type == Tc.TCA_STATS_QUEUE && MemoryMarshal.TryRead(part.Value, out GnetStatsQueue queue))
                    return queue.Drops;
            }
        }
        return null;
    }
}

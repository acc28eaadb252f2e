using System.Runtime.InteropServices;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>A tc filter of an interface.</summary>
/// <param name="Kind">Its kind: bpf, flower, matchall and so on.</param>
/// <param name="Priority">Its priority; lower ones run first.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Filter(string Kind, uint Priority);

/// <summary>Queries filters of the clsact queueing discipline (rtnetlink).</summary>
internal static class TrafficControl
{
    /// <summary>The filters of an interface at a hook; EINVAL if it has no clsact.</summary>
    public static LinuxResult<IReadOnlyList<Filter>> FiltersOf(int ifindex, HookPoint point)
    {
        using var socket = new NetlinkSocket(Nl.NETLINK_ROUTE);
        var filters = new List<Filter>();
        // The older discipline "ingress" has one hook, and returns its filters for either.
        if (point == HookPoint.Egress && !HasClsact(socket, ifindex))
            return new LinuxResult<IReadOnlyList<Filter>>(filters);
        var buffer = new byte[64];
        var request = new NetlinkWriter(buffer);
        var header = new TcMsg { Ifindex = ifindex, Parent = point == HookPoint.Ingress ? Tc.ClsactIngress : Tc.ClsactEgress };
        request.BeginMessage(Tc.RTM_GETTFILTER, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, header);
        request.EndMessage();
        var result = socket.Dump(
            buffer.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Tc.RTM_NEWTFILTER && Parse(message) is { } filter)
                    filters.Add(filter);
            },
            filters.Clear
        );
        return new LinuxResult<IReadOnlyList<Filter>>(result.IsOk ? filters : null, result);
    }

    private static bool HasClsact(NetlinkSocket socket, int ifindex)
    {
        var found = false;
        var buffer = new byte[64];
        var request = new NetlinkWriter(buffer);
        request.BeginMessage(Tc.RTM_GETQDISC, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new TcMsg { Ifindex = ifindex });
        request.EndMessage();
        socket.Dump(buffer.AsSpan(0, request.Length), (in message) => found |= IsClsact(message, ifindex), () => found = false);
        return found;
    }

    internal static bool IsClsact(in NetlinkMessage message, int ifindex)
    {
        if (!message.TrySplit(out TcMsg header, out var attributes) || header.Ifindex != ifindex)
            return false;
        while (attributes.TryNext(out var attribute))
        {
            if (attribute.Type == Tc.TCA_KIND)
                return attribute.Text == "clsact";
        }
        return false;
    }

    // For each priority the kernel first sends a message with handle 0, then its filters.
    internal static Filter? Parse(in NetlinkMessage message)
    {
        if (!message.TrySplit(out TcMsg header, out var attributes) || header.Handle == 0)
            return null;
        while (attributes.TryNext(out var attribute))
        {
            if (attribute.Type == Tc.TCA_KIND)
                return new Filter(attribute.Text, header.Info >> 16);
        }
        return null;
    }
}

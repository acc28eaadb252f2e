using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>State of bridges.</content>
public sealed partial class RouteSocket
{
    /// <summary>The forwarding databases of all bridges, and additional addresses of interfaces.</summary>
    public LinuxResult<IReadOnlyList<ForwardingEntry>> GetForwardingEntries()
    {
        var entries = new List<ForwardingEntry>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Rt.RTM_GETNEIGH, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new NdMsg { Family = SocketCalls.AF_BRIDGE });
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Rt.RTM_NEWNEIGH && ForwardingEntry.Parse(message) is { } entry)
                    entries.Add(entry);
            },
            entries.Clear
        );
        return new LinuxResult<IReadOnlyList<ForwardingEntry>>(result.IsOk ? entries : null, result);
    }

    /// <summary>The VLANs of all bridges and their ports.</summary>
    public LinuxResult<IReadOnlyList<BridgeVlan>> GetBridgeVlans()
    {
        var vlans = new List<BridgeVlan>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Rt.RTM_GETLINK, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new IfInfoMsg { Family = SocketCalls.AF_BRIDGE });
        request.Attribute(Rt.IFLA_EXT_MASK, Rt.RTEXT_FILTER_BRVLAN_COMPRESSED);
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Rt.RTM_NEWLINK)
                    BridgeVlan.Parse(message, vlans);
            },
            vlans.Clear
        );
        return new LinuxResult<IReadOnlyList<BridgeVlan>>(result.IsOk ? vlans : null, result);
    }
}

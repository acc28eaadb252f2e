using Tandem.Core;
using Tandem.Linux.Native;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Netlink;

/// <summary>
/// Queries and changes interfaces and addresses (rtnetlink), in the network namespace of the thread that created it. Used by one thread
/// at a time.
/// </summary>
public sealed partial class RouteSocket : IDisposable
{
    private readonly NetlinkSocket _socket = new(Nl.NETLINK_ROUTE);
    private readonly byte[] _request = new byte[1024];

    /// <summary>
    /// ID of the namespace that queries refer to (<see cref="LinkInfo.LinkNetnsid"/>); null for this one. Requires CAP_NET_ADMIN there.
    /// Changes always apply to this namespace: in a change, the kernel would take such an ID for the namespace to move the interface to.
    /// </summary>
    public int? Netnsid
    {
        get;
        init
        {
            field = value;
            // Otherwise the kernel ignores the ID in dumps of addresses, and dumps this namespace.
            _socket.BeStrict();
        }
    }

    /// <summary>All interfaces.</summary>
    public LinuxResult<IReadOnlyList<LinkInfo>> GetLinks()
    {
        var links = new List<LinkInfo>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Rt.RTM_GETLINK, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, default(IfInfoMsg));
        NameNamespace(ref request, Rt.IFLA_TARGET_NETNSID);
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Rt.RTM_NEWLINK && LinkParser.Parse(message) is { } link)
                    links.Add(link);
            },
            links.Clear
        );
        return new LinuxResult<IReadOnlyList<LinkInfo>>(result.IsOk ? links : null, result);
    }

    /// <summary>An interface by name; ENODEV if it does not exist.</summary>
    public LinuxResult<LinkInfo> GetLink(string name)
    {
        if (InterfaceName.Problem(name) is { } problem)
            return new LinuxResult<LinkInfo>(null, new LinuxResult(Errno.EINVAL, problem));
        var request = BeginRead(default, out var sequence);
        request.AttributeString(Rt.IFLA_IFNAME, name);
        return ReadLink(request, sequence);
    }

    /// <summary>An interface by ifindex; ENODEV if it does not exist.</summary>
    public LinuxResult<LinkInfo> GetLink(int ifindex) => ReadLink(BeginRead(new IfInfoMsg { Index = ifindex }, out var sequence), sequence);

    /// <summary>As <see cref="GetLink(int)"/>, without counters, which are expensive with some drivers.</summary>
    public LinuxResult<LinkInfo> GetLinkWithoutStatistics(int ifindex)
    {
        var request = BeginRead(new IfInfoMsg { Index = ifindex }, out var sequence);
        request.Attribute(Rt.IFLA_EXT_MASK, Rt.RTEXT_FILTER_SKIP_STATS);
        return ReadLink(request, sequence);
    }

    /// <summary>Sets an interface administratively up or down.</summary>
    public LinuxResult SetUp(int ifindex, bool up) => SetFlags(ifindex, up ? LinkFlags.Up : LinkFlags.None, LinkFlags.Up);

    /// <summary>Sets the flags of an interface that are in <paramref name="change"/>.</summary>
    public LinuxResult SetFlags(int ifindex, LinkFlags flags, LinkFlags change)
    {
        var header = new IfInfoMsg
        {
            Index = ifindex,
            Flags = (uint)flags,
            Change = (uint)change,
        };
        return Finish(Begin(Rt.RTM_NEWLINK, header, out var sequence), sequence);
    }

    /// <summary>Sets an interface's MTU, in bytes.</summary>
    public LinuxResult SetMtu(int ifindex, int mtu)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.Attribute(Rt.IFLA_MTU, mtu);
        return Finish(request, sequence);
    }

    /// <summary>Sets an interface's MAC address.</summary>
    public LinuxResult SetAddress(int ifindex, MacAddress address)
    {
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        address.Write(octets);
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.Attribute(Rt.IFLA_ADDRESS, octets);
        return Finish(request, sequence);
    }

    /// <summary>Sets how IPv6 generates interface identifiers (IN6_ADDR_GEN_MODE_*); 1 generates none.</summary>
    public LinuxResult SetInet6AddrGenMode(int ifindex, byte mode)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        var families = request.BeginNested(Rt.IFLA_AF_SPEC);
        var inet6 = request.BeginNested(SocketCalls.AF_INET6);
        request.Attribute(Rt.IFLA_INET6_ADDR_GEN_MODE, mode);
        request.EndNested(inet6);
        request.EndNested(families);
        return Finish(request, sequence);
    }

    /// <summary>Removes an interface.</summary>
    public LinuxResult DeleteLink(int ifindex) =>
        Finish(Begin(Rt.RTM_DELLINK, new IfInfoMsg { Index = ifindex }, out var sequence), sequence);

    /// <summary>
    /// Removes an interface of the calling thread's namespace, and returns when it is gone. The kernel then waits some 20 ms for
    /// remaining references; another thread waits for that.
    /// </summary>
    public void RemoveLink(int ifindex)
    {
        Thread other;
        try
        {
            other = OwnThread.Start("removing", () => DeleteOnSocketOfItsOwn(ifindex));
        }
        catch (InvalidOperationException)
        {
            DeleteLink(ifindex);
            return;
        }
        // The query waits for RTNL, under which the interface is removed.
        while (other.IsAlive && GetLinkWithoutStatistics(ifindex).Error.Errno != Errno.ENODEV)
            other.Join(millisecondsTimeout: 1);
        if (GetLinkWithoutStatistics(ifindex).IsOk)
            DeleteLink(ifindex);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static void DeleteOnSocketOfItsOwn(int ifindex)
    {
        try
        {
            using var route = new RouteSocket();
            route.DeleteLink(ifindex);
        }
        catch (InvalidOperationException)
        {
            // No socket could be opened; the caller sees that the interface still exists.
        }
    }

    private LinuxResult<LinkInfo> ReadLink(NetlinkWriter request, uint sequence)
    {
        LinkInfo? link = null;
        var result = Finish(request, sequence, (in message) => link = LinkParser.Parse(message) ?? link);
        if (result.IsOk && link is null)
            result = new LinuxResult(Errno.EBADMSG, "the kernel answered without an interface");
        return new LinuxResult<LinkInfo>(result.IsOk ? link : null, result);
    }

    private NetlinkWriter BeginRead(in IfInfoMsg header, out uint sequence)
    {
        var request = Begin(Rt.RTM_GETLINK, header, out sequence);
        NameNamespace(ref request, Rt.IFLA_TARGET_NETNSID);
        return request;
    }

    private void NameNamespace(ref NetlinkWriter request, ushort attribute)
    {
        if (Netnsid is { } id)
            request.Attribute(attribute, id);
    }

    private NetlinkWriter Begin<T>(ushort type, scoped in T header, out uint sequence, ushort flags = 0)
        where T : unmanaged
    {
        sequence = _socket.NextSequence();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(type, (ushort)(Nl.NLM_F_REQUEST | Nl.NLM_F_ACK | flags), sequence, header);
        return request;
    }

    private LinuxResult Finish(NetlinkWriter request, uint sequence, MessageHandler? handler = null)
    {
        request.EndMessage();
        return _socket.Request(request.Written, sequence, handler);
    }
}

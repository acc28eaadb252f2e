using System.Net;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>IP addresses of interfaces.</content>
public sealed partial class RouteSocket
{
    /// <summary>The IPv4 and IPv6 addresses of all interfaces, in the kernel's order.</summary>
    public LinuxResult<IReadOnlyList<AddressInfo>> GetAddresses()
    {
        var addresses = new List<AddressInfo>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Rt.RTM_GETADDR, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, default(IfAddrMsg));
        NameNamespace(ref request, Rt.IFA_TARGET_NETNSID);
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Rt.RTM_NEWADDR && AddressParser.Parse(message) is { } address)
                    addresses.Add(address);
            },
            addresses.Clear
        );
        return new LinuxResult<IReadOnlyList<AddressInfo>>(result.IsOk ? addresses : null, result);
    }

    /// <summary>The IPv4 and IPv6 addresses of one interface.</summary>
    public LinuxResult<IReadOnlyList<AddressInfo>> GetAddresses(int ifindex)
    {
        var all = GetAddresses();
        return all.Value is null ? all : new LinuxResult<IReadOnlyList<AddressInfo>>([.. all.Value.Where(a => a.Ifindex == ifindex)]);
    }

    /// <summary>Adds an address to an interface, or changes an existing one.</summary>
    public LinuxResult AddAddress(AddressInfo address)
    {
        var request = BeginAddress(Rt.RTM_NEWADDR, address, out var sequence, Nl.NLM_F_CREATE | Nl.NLM_F_REPLACE);
        if (address.Broadcast is { } broadcast)
            PutAddress(ref request, Rt.IFA_BROADCAST, broadcast);
        if (address.Label is { } label)
            request.AttributeString(Rt.IFA_LABEL, label);
        if (address.RoutePriority != 0)
            request.Attribute(Rt.IFA_RT_PRIORITY, address.RoutePriority);
        // Flags that the kernel maintains itself.
        const uint OfTheKernel = Rt.IFA_F_SECONDARY | Rt.IFA_F_TENTATIVE | Rt.IFA_F_PERMANENT | Rt.IFA_F_DADFAILED;
        request.Attribute(Rt.IFA_FLAGS, address.Flags & ~OfTheKernel);
        if (address.ValidSeconds != uint.MaxValue)
            request.Attribute(Rt.IFA_CACHEINFO, (address.PreferredSeconds, address.ValidSeconds, 0u, 0u));
        return Finish(request, sequence);
    }

    /// <summary>Removes an address from an interface.</summary>
    public LinuxResult DeleteAddress(AddressInfo address) => Finish(BeginAddress(Rt.RTM_DELADDR, address, out var sequence), sequence);

    private NetlinkWriter BeginAddress(ushort type, AddressInfo address, out uint sequence, ushort flags = 0)
    {
        var header = new IfAddrMsg
        {
            Family = address.Family,
            PrefixLength = address.PrefixLength,
            Scope = address.Scope,
            Index = address.Ifindex,
        };
        var request = Begin(type, header, out sequence, flags);
        PutAddress(ref request, Rt.IFA_LOCAL, address.Address);
        PutAddress(ref request, Rt.IFA_ADDRESS, address.Peer ?? address.Address);
        return request;
    }

    private static void PutAddress(ref NetlinkWriter request, ushort type, IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        request.Attribute(type, octets[..length]);
    }
}

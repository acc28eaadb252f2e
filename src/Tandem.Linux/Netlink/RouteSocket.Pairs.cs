using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>One end of a pair of devices that is to be made.</summary>
/// <param name="Name">Its name; <c>%d</c> in it becomes a number that is free.</param>
/// <param name="Address">Its MAC address. One that is given is left alone by udev, one that the kernel made up is not.</param>
/// <param name="Mtu">Its MTU in bytes.</param>
/// <param name="Queues">Transmit and receive queues.</param>
internal readonly record struct PairEnd(string Name, MacAddress Address, int Mtu, int Queues);

/// <content>Pairs of devices: what one end transmits the other receives.</content>
public sealed partial class RouteSocket
{
    /// <summary>Makes a pair of veth devices, both down. EOPNOTSUPP where the kernel has none.</summary>
    internal LinuxResult CreateVeth(in PairEnd end, in PairEnd peer)
    {
        var request = BeginPair(end, "veth", out var sequence, out var info, out var data);
        WritePeer(ref request, Rt.VETH_INFO_PEER, peer);
        return FinishPair(request, sequence, info, data);
    }

    /// <summary>
    /// Makes a pair of netkit devices (Linux 6.7), both down. What the peer transmits passes only by a program; what the primary transmits
    /// passes without one. EOPNOTSUPP where the kernel has none.
    /// </summary>
    internal LinuxResult CreateNetkit(in PairEnd primary, in PairEnd peer)
    {
        var request = BeginPair(primary, "netkit", out var sequence, out var info, out var data);
        request.Attribute(Rt.IFLA_NETKIT_MODE, Rt.NETKIT_L2);
        request.Attribute(Rt.IFLA_NETKIT_POLICY, Rt.NETKIT_PASS);
        request.Attribute(Rt.IFLA_NETKIT_PEER_POLICY, Rt.NETKIT_DROP);
        // Marks and priorities pass from one namespace to another too. Kernels that do not know the two attributes pass them over.
        request.Attribute(Rt.IFLA_NETKIT_SCRUB, Rt.NETKIT_SCRUB_NONE);
        request.Attribute(Rt.IFLA_NETKIT_PEER_SCRUB, Rt.NETKIT_SCRUB_NONE);
        WritePeer(ref request, Rt.IFLA_NETKIT_PEER_INFO, peer);
        return FinishPair(request, sequence, info, data);
    }

    /// <summary>Gives an interface a text that <c>ip link</c> shows as its alias.</summary>
    internal LinuxResult SetAlias(int ifindex, string alias)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.AttributeString(Rt.IFLA_IFALIAS, alias);
        return Finish(request, sequence);
    }

    /// <summary>Gives an interface another name. Refused while it is up by kernels before 6.3.</summary>
    internal LinuxResult Rename(int ifindex, string name)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.AttributeString(Rt.IFLA_IFNAME, name);
        return Finish(request, sequence);
    }

    /// <summary>Moves an interface to another namespace, with a number that is free there (kernels before 5.13 heed no number).</summary>
    internal LinuxResult Move(int ifindex, FileDescriptor netns, int number)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.Attribute(Rt.IFLA_NET_NS_FD, netns.Number);
        request.Attribute(Rt.IFLA_NEW_IFINDEX, number);
        return Finish(request, sequence);
    }

    private NetlinkWriter BeginPair(in PairEnd end, string kind, out uint sequence, out int info, out int data)
    {
        var request = Begin(Rt.RTM_NEWLINK, default(IfInfoMsg), out sequence, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL);
        WriteEnd(ref request, end);
        info = request.BeginNested(Rt.IFLA_LINKINFO);
        request.AttributeString(Rt.IFLA_INFO_KIND, kind);
        data = request.BeginNested(Rt.IFLA_INFO_DATA);
        return request;
    }

    private LinuxResult FinishPair(NetlinkWriter request, uint sequence, int info, int data)
    {
        request.EndNested(data);
        request.EndNested(info);
        return Finish(request, sequence);
    }

    private static void WritePeer(ref NetlinkWriter request, ushort attribute, in PairEnd peer)
    {
        var nested = request.BeginNested(attribute, default(IfInfoMsg));
        WriteEnd(ref request, peer);
        request.EndNested(nested);
    }

    private static void WriteEnd(ref NetlinkWriter request, in PairEnd end)
    {
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        end.Address.Write(octets);
        request.AttributeString(Rt.IFLA_IFNAME, end.Name);
        request.Attribute(Rt.IFLA_ADDRESS, octets);
        request.Attribute(Rt.IFLA_MTU, end.Mtu);
        request.Attribute(Rt.IFLA_NUM_TX_QUEUES, end.Queues);
        request.Attribute(Rt.IFLA_NUM_RX_QUEUES, end.Queues);
    }
}

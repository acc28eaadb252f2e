using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>One end of a new pair of devices.</summary>
/// <param name="Name">The name; <c>%d</c> is replaced by a free number.</param>
/// <param name="Address">The MAC address. udev leaves a given address alone, but not a random one of the kernel.</param>
/// <param name="Mtu">The MTU in bytes.</param>
/// <param name="Queues">Number of transmit and of receive queues.</param>
internal readonly record struct PairEnd(string Name, MacAddress Address, int Mtu, int Queues);

/// <content>Pairs of devices: one end receives what the other transmits.</content>
public sealed partial class RouteSocket
{
    /// <summary>Creates a veth pair, both ends down. EOPNOTSUPP if the kernel lacks veth.</summary>
    internal LinuxResult CreateVeth(in PairEnd end, in PairEnd peer)
    {
        var request = BeginPair(end, "veth", out var sequence, out var info, out var data);
        WritePeer(ref request, Rt.VETH_INFO_PEER, peer);
        return FinishPair(request, sequence, info, data);
    }

    /// <summary>
    /// Creates a netkit pair (Linux 6.7), both ends down. The peer's frames pass only through a program, the primary's also without one.
    /// EOPNOTSUPP if the kernel lacks netkit.
    /// </summary>
    internal LinuxResult CreateNetkit(in PairEnd primary, in PairEnd peer)
    {
        var request = BeginPair(primary, "netkit", out var sequence, out var info, out var data);
        request.Attribute(Rt.IFLA_NETKIT_MODE, Rt.NETKIT_L2);
        request.Attribute(Rt.IFLA_NETKIT_POLICY, Rt.NETKIT_PASS);
        request.Attribute(Rt.IFLA_NETKIT_PEER_POLICY, Rt.NETKIT_DROP);
        // Keeps marks and priorities also across namespaces. Kernels that do not know these attributes ignore them.
        request.Attribute(Rt.IFLA_NETKIT_SCRUB, Rt.NETKIT_SCRUB_NONE);
        request.Attribute(Rt.IFLA_NETKIT_PEER_SCRUB, Rt.NETKIT_SCRUB_NONE);
        WritePeer(ref request, Rt.IFLA_NETKIT_PEER_INFO, peer);
        return FinishPair(request, sequence, info, data);
    }

    /// <summary>Sets an interface's alias.</summary>
    internal LinuxResult SetAlias(int ifindex, string alias)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.AttributeString(Rt.IFLA_IFALIAS, alias);
        return Finish(request, sequence);
    }

    /// <summary>Renames an interface. Kernels before 6.3 refuse it while the interface is up.</summary>
    internal LinuxResult Rename(int ifindex, string name)
    {
        var request = Begin(Rt.RTM_NEWLINK, new IfInfoMsg { Index = ifindex }, out var sequence);
        request.AttributeString(Rt.IFLA_IFNAME, name);
        return Finish(request, sequence);
    }

    /// <summary>Moves an interface to another namespace, with an ifindex that is free there (ignored before Linux 5.13).</summary>
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

using System.Runtime.InteropServices;
using Tandem.Linux.Guards;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Netlink;

/// <summary>
/// The kernel's messages about a machine with all that Tandem reads, cut at each byte and with each bit flipped. Each is read to its end, without an
/// exception and without reading beyond it.
/// </summary>
public sealed class MutatedMessageTests
{
    private delegate object? Parser(in NetlinkMessage message);

    // Each parser accepts any message, as the part with the message's type may be damaged.
    private static readonly Parser[] Parsers =
    [
        static (in message) => Touch(LinkParser.Parse(message)),
        static (in message) => Touch(AddressParser.Parse(message)),
        static (in message) => Touch(RouteInfo.Parse(message)),
        static (in message) => Touch(ForwardingEntry.Parse(message)),
        static (in message) => VlansOf(message),
        static (in message) => Touch(ChainReader.Read(message)),
        static (in message) => TrafficControl.Parse(message),
        static (in message) => TrafficControl.IsClsact(message, IfindexOf(message)),
        static (in message) => QueueParser.DroppedByRoot(message, IfindexOf(message)),
        static (in message) => NetlinkError.Read(message),
    ];

    [Fact]
    public void Answers_cut_at_any_byte_are_read_as_far_as_they_go()
    {
        foreach (var message in Recorded())
        {
            for (var length = 0; length <= message.Length; length++)
            {
                // A datagram that ends early, and a message with a smaller length.
                ReadAll(message.AsSpan(0, length));
                if (length < NlMsgHdr.Size)
                    continue;
                var shorter = message[..length];
                MemoryMarshal.Write(shorter, (uint)length);
                ReadAll(shorter);
            }
        }
    }

    [Fact]
    public void Answers_with_any_bit_flipped_are_read_to_the_end()
    {
        foreach (var message in Recorded())
        {
            for (var bit = 0; bit < message.Length * 8; bit++)
            {
                message[bit / 8] ^= (byte)(1 << (bit % 8));
                ReadAll(message);
                message[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void The_messages_that_are_changed_are_read_where_they_are_whole()
    {
        var read = Recorded().SelectMany(Results).ToList();
        Assert.Contains(read, result => result is LinkInfo { Kind: "vlan", VlanId: 42 });
        Assert.Contains(read, result => result is LinkInfo { Kind: "bridge", FiltersVlans: false });
        Assert.Contains(read, result => result is AddressInfo { PrefixLength: 24 });
        Assert.Contains(read, result => result is RouteInfo);
        Assert.Contains(read, result => result is ForwardingEntry { Bridge: not null });
        Assert.Contains(read, result => result is List<BridgeVlan> { Count: > 0 });
        Assert.Contains(read, result => result is HookedChain { Devices: ["m0"] });
        Assert.Contains(read, result => result is Filter { Priority: 7 });
        Assert.Contains(read, result => result is true);
        Assert.Contains(read, result => result is LinuxResult { IsOk: false, Detail: not null });
    }

    private static IEnumerable<object?> Results(byte[] datagram)
    {
        foreach (var parser in Parsers)
        {
            var messages = new MessageReader(datagram);
            Assert.True(messages.TryNext(out var message));
            yield return parser(message);
        }
    }

    private static void ReadAll(ReadOnlySpan<byte> datagram)
    {
        var messages = new MessageReader(datagram);
        for (var count = 0; messages.TryNext(out var message); count++)
        {
            Assert.True(count <= datagram.Length / NlMsgHdr.Size, "it does not end");
            foreach (var parser in Parsers)
                parser(message);
        }
    }

    // Reads properties that are parsed on access, too.
    private static object? Touch(object? read)
    {
        if (read is LinkInfo link)
            _ = (link.Address, link.IsEthernet, link.IsRunning, link.IsMacvlan, link.Name.Length);
        if (read is AddressInfo address)
            _ = (address.Family, address.IsUsable);
        return read;
    }

    private static int IfindexOf(in NetlinkMessage message) => message.TrySplit(out TcMsg header, out _) ? header.Ifindex : 0;

    private static List<BridgeVlan> VlansOf(in NetlinkMessage message)
    {
        var vlans = new List<BridgeVlan>();
        BridgeVlan.Parse(message, vlans);
        return vlans;
    }

    private static List<byte[]> Recorded()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add br0 type bridge");
        here.AddVeth("m0", here, "m1");
        here.Ip("link set m0 master br0");
        foreach (var name in (string[])["br0", "m0", "m1"])
            here.Ip($"link set {name} up");
        here.Ip("addr add 10.8.0.1/24 dev m1");
        here.Ip("addr add 2001:db8::1/64 dev m1");
        here.Execute("tc", "qdisc add dev m0 clsact");
        here.Execute("tc", "qdisc add dev m0 root tbf rate 1mbit burst 3000 limit 5000");
        here.Execute("tc", "filter add dev m0 ingress pref 7 u32 match u32 0 0 classid 1:1");
        return here.Run(() =>
        {
            using var route = new RouteSocket();
            var m0 = route.GetLink("m0").Value!.Ifindex;
            using var guard = new IngressGuard();
            Assert.True(guard.Add(m0, "m0").IsOk);
            List<byte[]> all =
            [
                .. Dump(Nl.NETLINK_ROUTE, Rt.RTM_GETLINK, default(IfInfoMsg)),
                .. Dump(Nl.NETLINK_ROUTE, Rt.RTM_GETADDR, default(IfAddrMsg)),
                .. Dump(Nl.NETLINK_ROUTE, Rt.RTM_GETROUTE, new RtMsg { Family = SocketCalls.AF_INET }),
                .. Dump(Nl.NETLINK_ROUTE, Rt.RTM_GETNEIGH, new NdMsg { Family = SocketCalls.AF_BRIDGE }),
                .. Dump(
                    Nl.NETLINK_ROUTE,
                    Rt.RTM_GETLINK,
                    new IfInfoMsg { Family = SocketCalls.AF_BRIDGE },
                    Rt.RTEXT_FILTER_BRVLAN_COMPRESSED
                ),
                .. Dump(Nl.NETLINK_ROUTE, Tc.RTM_GETQDISC, default(TcMsg)),
                .. Dump(Nl.NETLINK_ROUTE, Tc.RTM_GETTFILTER, new TcMsg { Ifindex = m0, Parent = Tc.ClsactIngress }),
                .. Dump(Nl.NETLINK_NETFILTER, Nf.NFT_MSG_GETCHAIN, default(NfGenMsg)),
                Refusal,
                // Not every kernel has these.
                LinkParserTests.VlanDevice.ToArray(),
                BridgeParsingTests.Vlans.ToArray(),
            ];
            // A few messages of each kind suffice: those of other interfaces are alike.
            return all.GroupBy(message => (BitConverter.ToUInt16(message, 4), message.Length)).SelectMany(same => same.Take(3)).ToList();
        });
    }

    // NLMSG_ERROR with EINVAL, a request that is echoed without its attributes, and the kernel's text.
    private static byte[] Refusal =>
        [
            .. (ReadOnlySpan<byte>)[48, 0, 0, 0, 2, 0, 0, 3, 7, 0, 0, 0, 9, 0, 0, 0],
            .. (ReadOnlySpan<byte>)[0xea, 0xff, 0xff, 0xff],
            .. (ReadOnlySpan<byte>)[32, 0, 0, 0, 16, 0, 5, 0, 7, 0, 0, 0, 9, 0, 0, 0],
            .. (ReadOnlySpan<byte>)[12, 0, 1, 0, (byte)'n', (byte)'o', (byte)'t', (byte)' ', (byte)'s', (byte)'o', 0, 0],
        ];

    private static List<byte[]> Dump<T>(int protocol, ushort type, T header, uint? extended = null)
        where T : unmanaged
    {
        using var socket = new NetlinkSocket(protocol);
        var buffer = new byte[128];
        var request = new NetlinkWriter(buffer);
        request.BeginMessage(type, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, header);
        if (extended is { } mask)
            request.Attribute(Rt.IFLA_EXT_MASK, mask);
        request.EndMessage();
        var messages = new List<byte[]>();
        var result = socket.Dump(
            buffer.AsSpan(0, request.Length),
            (in message) =>
            {
                var whole = new byte[NlMsgHdr.Size + message.Payload.Length];
                MemoryMarshal.Write(whole, message.Header);
                message.Payload.CopyTo(whole.AsSpan(NlMsgHdr.Size));
                messages.Add(whole);
            },
            messages.Clear
        );
        Assert.True(result.IsOk, result.ToString());
        return messages;
    }
}

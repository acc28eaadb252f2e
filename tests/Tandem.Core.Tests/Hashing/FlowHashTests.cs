using Tandem.Core.Hashing;
using Xunit;
using static Tandem.Core.Tests.Hashing.Frames;

namespace Tandem.Core.Tests.Hashing;

/// <summary>Examples whose hash the running driver confirmed with 101 members, byte for byte.</summary>
public sealed class FlowHashTests
{
    private static readonly string[] Mac1 = ["02:00:00:00:00:0a", "02:11:22:33:44:5b"];
    private static readonly string[] Mac2 = ["00:1b:21:aa:bb:cc", "3c:fd:fe:01:02:03"];
    private const string A = "192.0.2.10";
    private const string B = "198.51.100.77";
    private const string C = "2001:db8:1:2:3:4:5:6";
    private const string D = "2001:db8:ffff::abcd";
    private const string I1 = "172.16.0.9";
    private const string I2 = "203.0.113.5";

    public static TheoryData<string, HashPolicy, uint, string> Examples { get; } =
        new()
        {
            { "IPv4", HashPolicy.Layer2, 0x0851, Hex(Ethernet(Mac1, Ip(A, B, 17, Ports(1, 2)))) },
            { "ARP", HashPolicy.Layer2, 0x08c9, Hex(Ethernet(Mac2, 0x0806, new byte[46])) },
            { "IPv6", HashPolicy.Layer2, 0x8612, Hex(Ethernet(Mac2, Ip(C, D, 17, Ports(1, 2)))) },
            { "IPv4", HashPolicy.Layer23, 0x47211a4d, Hex(Ethernet(Mac1, Ip(A, B, 6, Ports(1, 2)))) },
            { "IPv4, other addresses", HashPolicy.Layer23, 0x0706c708, Hex(Ethernet(Mac2, Ip("10.1.2.3", "10.200.3.4", 6, []))) },
            { "IPv6", HashPolicy.Layer23, 0xcd66186b, Hex(Ethernet(Mac1, Ip(C, D, 17, Ports(9, 10)))) },
            {
                "ICMP error",
                HashPolicy.Layer23,
                0x0c7d6553,
                Hex(Ethernet(Mac1, Ip(A, B, 1, Icmp(11, 0, Ip(I1, I2, 17, Ports(53, 4000))))))
            },
            { "ARP", HashPolicy.Layer23, 0x0857, Hex(Ethernet(Mac1, 0x0806, new byte[46])) },
            { "TCP", HashPolicy.Layer34, 0x7e4dfc1e, Hex(Ethernet(Mac1, Ip(A, B, 6, Ports(50000, 443)))) },
            { "TCP back", HashPolicy.Layer34, 0x0bd91d1e, Hex(Ethernet(Mac1, Ip(B, A, 6, Ports(443, 50000)))) },
            { "UDP", HashPolicy.Layer34, 0x1919e1f9, Hex(Ethernet(Mac1, Ip("10.1.2.3", "10.200.3.4", 17, Ports(12345, 53)))) },
            { "TCP over IPv6", HashPolicy.Layer34, 0x4e9b7dc3, Hex(Ethernet(Mac1, Ip(C, D, 6, Ports(33333, 80)))) },
            { "Fragment", HashPolicy.Layer34, 0x2390890a, Hex(Ethernet(Mac1, Fragment(Ip(A, B, 6, Ports(50000, 443))))) },
            { "Echo request", HashPolicy.Layer34, 0x2a839a1d, Hex(Ethernet(Mac1, Ip(A, B, 1, Icmp(8, 0x1234, [])))) },
            { "Echo reply", HashPolicy.Layer34, 0x2a839a19, Hex(Ethernet(Mac1, Ip(B, A, 1, Icmp(0, 0x1234, [])))) },
            {
                "Time exceeded",
                HashPolicy.Layer34,
                0x56697bc8,
                Hex(Ethernet(Mac1, Ip(A, B, 1, Icmp(11, 0, Ip(I1, I2, 17, Ports(53, 4000))))))
            },
            { "ESP", HashPolicy.Layer34, 0x5438771b, Hex(Ethernet(Mac1, Ip(A, B, 50, [0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1]))) },
            { "IPv4", HashPolicy.Encap23, 0x47211a4d, Hex(Ethernet(Mac1, Ip(A, B, 6, Ports(50000, 443)))) },
            { "IP in IP", HashPolicy.Encap23, 0x0c7d6553, Hex(Ethernet(Mac1, Ip(A, B, 4, Ip(I1, I2, 6, Ports(1, 2))))) },
            { "GRE", HashPolicy.Encap23, 0x0c7d6553, Hex(Ethernet(Mac1, Ip(A, B, 47, [0, 0, 8, 0, .. Ip(I1, I2, 6, Ports(1, 2))]))) },
            { "6in4", HashPolicy.Encap23, 0xcd669638, Hex(Ethernet(Mac1, Ip(A, B, 41, Ip(C, D, 17, Ports(9, 10))))) },
            { "ARP", HashPolicy.Encap23, 0x085f, Hex(Ethernet(Mac1, 0x0806, new byte[46])) },
            { "MPLS", HashPolicy.Encap23, 0x889e, Hex(Ethernet(Mac1, 0x8847, new byte[46])) },
            { "TCP in IP in IP", HashPolicy.Encap34, 0x5be3c391, Hex(Ethernet(Mac1, Ip(A, B, 4, Ip(I1, I2, 6, Ports(50000, 443))))) },
            { "UDP in 6in4", HashPolicy.Encap34, 0x63b64eb1, Hex(Ethernet(Mac1, Ip(A, B, 41, Ip(C, D, 17, Ports(9, 10))))) },
            { "VXLAN", HashPolicy.Encap34, 0x79437ab7, Hex(Ethernet(Mac1, Ip(A, B, 17, Ports(40000, 4789)))) },
            { "Hop by hop", HashPolicy.Encap34, 0x67b24eb1, Hex(Ethernet(Mac1, Ip(C, D, 0, [17, 0, 0, 0, 0, 0, 0, 0, .. Ports(1, 2)]))) },
            { "ARP", HashPolicy.Encap34, 0, Hex(Ethernet(Mac1, 0x0806, new byte[46])) },
            { "MPLS", HashPolicy.Encap34, 0, Hex(Ethernet(Mac1, 0x8847, new byte[46])) },
            { "Untagged", HashPolicy.VlanSourceMac, 0x00315579, Hex(Ethernet(Mac1, 0x0800, new byte[46])) },
            { "Untagged", HashPolicy.VlanSourceMac, 0x003dfffd, Hex(Ethernet(Mac2, 0x0800, new byte[46])) },
            {
                "VLAN 100, priority 5",
                HashPolicy.VlanSourceMac,
                0x0031f51d,
                Hex(Ethernet(Mac1, 0x8100, [0xa0, 0x64, 8, 0, .. new byte[46]]))
            },
            { "VLAN 100", HashPolicy.VlanSourceMac, 0x0031551d, Hex(Ethernet(Mac1, 0x8100, [0, 0x64, 8, 0, .. new byte[46]])) },
        };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_have_the_drivers_hash(string what, HashPolicy policy, uint hash, string frame)
    {
        var actual = FlowHash.Compute(policy, Convert.FromHexString(frame));
        Assert.True(hash == actual, $"{what}: {actual:x8}, not {hash:x8}");
    }

    [Fact]
    public void A_tag_in_the_data_counts_as_the_type()
    {
        var frame = Ethernet(Mac1, 0x8100, [0, 100, 8, 0, .. Ip(A, B, 6, Ports(50000, 443))]);
        Assert.Equal(0x8151u, FlowHash.Compute(HashPolicy.Layer2, frame, VlanTagPlacement.InData));
        Assert.Equal(0x0851u, FlowHash.Compute(HashPolicy.Layer2, frame));
        Assert.Equal(0x7e4dfc1eu, FlowHash.Compute(HashPolicy.Layer34, frame));
    }
}

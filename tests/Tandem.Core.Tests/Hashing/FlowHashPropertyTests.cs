using CsCheck;
using Tandem.Core.Hashing;
using Xunit;

namespace Tandem.Core.Tests.Hashing;

public sealed class FlowHashPropertyTests
{
    private static readonly HashPolicy[] Policies = Enum.GetValues<HashPolicy>();

    // Headers that the driver's dissector looks behind: IPv4, IPv6 and VLAN tags, and transports and tunnels.
    private static readonly ushort[] Types = [0x0800, 0x86dd, 0x8100, 0x88a8];
    private static readonly byte[] Protocols = [1, 4, 6, 17, 33, 41, 44, 47, 50, 51, 58, 132, 136];

    // Random bytes alone are hardly ever a packet.
    private static readonly Gen<byte[]> Frames = Gen.Select(
        Gen.Byte.Array[0, 200],
        Gen.Int[0, Types.Length - 1],
        Gen.Int[0, Protocols.Length - 1],
        Gen.Bool,
        (bytes, type, protocol, hasOptions) =>
        {
            var isIp6 = Types[type] == 0x86dd;
            (int At, int Value)[] link = [(12, Types[type] >> 8), (13, Types[type] & 0xff)];
            (int At, int Value)[] network = isIp6
                ? [(14, 0x60), (20, Protocols[protocol])]
                // Fragment offset and flags are 0.
                : [(14, hasOptions ? 0x47 : 0x45), (20, 0), (21, 0), (23, Protocols[protocol])];
            foreach (var (at, value) in link.Concat(network).Where(known => known.At < bytes.Length))
                bytes[at] = (byte)value;
            return bytes;
        }
    );

    [Fact]
    public void Any_bytes_have_a_hash() =>
        Frames.Sample(
            bytes =>
            {
                foreach (var policy in Policies)
                {
                    FlowHash.Compute(policy, bytes);
                    FlowHash.Compute(policy, bytes, VlanTagPlacement.InData);
                }
            },
            iter: 10_000
        );

    [Fact]
    public void Recorded_frames_with_damaged_bytes_have_a_hash() =>
        Gen.Select(Gen.Int[0, 366], Gen.Select(Gen.Int[0, 80], Gen.Byte).Array[1, 6])
            .Sample(
                (index, damage) =>
                {
                    var bytes = RecordedFrame.All[index].Bytes.ToArray();
                    foreach (var (position, value) in damage)
                        bytes[position % bytes.Length] = value;
                    foreach (var policy in Policies)
                        FlowHash.Compute(policy, bytes);
                },
                iter: 10_000
            );

    [Fact]
    public void Every_frame_cut_at_every_byte_has_a_hash()
    {
        foreach (var bytes in RecordedFrame.All.Select(frame => frame.Bytes).DistinctBy(Convert.ToHexString, StringComparer.Ordinal))
        {
            // Beyond 200 bytes the recorded frames are padding.
            for (var length = 0; length < Math.Min(bytes.Length, 200); length++)
            {
                foreach (var policy in Policies)
                {
                    var hash = FlowHash.Compute(policy, bytes.AsSpan(0, length));
                    if (length < 14)
                        Assert.Equal(0u, hash);
                }
            }
        }
    }

    [Fact]
    public void A_cut_ip_header_leaves_the_hash_of_layer2()
    {
        foreach (var frame in RecordedFrame.All.Where(frame => frame.Name.StartsWith("ip4-udp", StringComparison.Ordinal)))
        {
            var cut = frame.Bytes.AsSpan(0, 14 + 19);
            var layer2 = FlowHash.Compute(HashPolicy.Layer2, cut);
            foreach (var policy in Policies.Where(policy => policy != HashPolicy.VlanSourceMac))
                Assert.Equal(layer2, FlowHash.Compute(policy, cut));
        }
    }

    [Theory]
    [InlineData(HashPolicy.Layer2, uint.MaxValue)]
    [InlineData(HashPolicy.Layer23, uint.MaxValue)]
    [InlineData(HashPolicy.Encap23, uint.MaxValue)]
    [InlineData(HashPolicy.Layer34, 0x7fu)]
    [InlineData(HashPolicy.Encap34, 0x7fu)]
    public void Both_directions_of_a_flow_agree(HashPolicy policy, uint bits) =>
        Gen.Select(Gen.Byte.Array[12], Gen.Byte.Array[8], Gen.Byte.Array[4])
            .Sample(
                (macs, addresses, ports) =>
                {
                    byte[] header = [0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0];
                    byte[] there = [.. macs, 8, 0, .. header, .. addresses, .. ports, 0, 0, 0, 0];
                    byte[] back =
                    [
                        .. macs[6..],
                        .. macs[..6],
                        8,
                        0,
                        .. header,
                        .. addresses[4..],
                        .. addresses[..4],
                        .. ports[2..],
                        .. ports[..2],
                        0,
                        0,
                        0,
                        0,
                    ];
                    Assert.Equal(FlowHash.Compute(policy, there) & bits, FlowHash.Compute(policy, back) & bits);
                }
            );

    [Fact]
    public void Hashing_does_not_allocate()
    {
        var frames = RecordedFrame.All.Where(frame => frame.Mode == "balance-xor").ToArray();
        HashAll(frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        const int Rounds = 200;
        for (var i = 0; i < Rounds; i++)
            HashAll(frames);
        // Now and then the JIT compiler allocates a few bytes on this thread. One object per frame would be at least 24 bytes.
        var perFrame = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / (Rounds * frames.Length);
        Assert.True(perFrame < 1, $"{perFrame} bytes a frame");
    }

    private static void HashAll(RecordedFrame[] frames)
    {
        foreach (var frame in frames)
            FlowHash.Compute(frame.Policy, frame.Bytes, frame.Tag);
    }
}

using System.Net;
using Tandem.Core.Explaining;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;
using Tandem.Core.Tests.Hashing;
using Xunit;

namespace Tandem.Core.Tests.Explaining;

public sealed class FrameExplainerTests
{
    private static readonly FlowDescription Flow = new(
        IPEndPoint.Parse("192.0.2.10:50000"),
        IPEndPoint.Parse("198.51.100.77:443"),
        IpProtocol.Tcp
    );

    [Fact]
    public void Steps_of_layer34_are_those_of_the_worked_example()
    {
        var explained = FrameExplainer.Explain(BondMode.BalanceXor, HashPolicy.Layer34, 3, Flow.BuildFrame());
        Assert.Equal(
            [
                new("ports", 0xbb0150c3),
                new("^ source address", 0xbb0150c3 ^ 0x0a0200c0),
                new("^ destination address", 0xfc6763c5),
                new("^ itself >> 16", 0xfc679fa2),
                new("^ itself >> 8", 0xfc9bf83d),
                new(">> 1", 0x7e4dfc1e),
            ],
            explained.Steps
        );
        Assert.Equal((0x7e4dfc1eu, 2), (explained.Hash, explained.Member));
        Assert.Contains(new FoundKey("addresses", "192.0.2.10 > 198.51.100.77"), explained.Keys);
        Assert.Contains(new FoundKey("ports", "50000 > 443"), explained.Keys);
    }

    [Fact]
    public void The_last_step_is_the_hash_for_every_recorded_frame()
    {
        foreach (var frame in RecordedFrame.All.Where(frame => frame.Mode == "balance-xor"))
        {
            var explained = FrameExplainer.Explain(BondMode.BalanceXor, frame.Policy, 7, frame.Bytes, frame.Tag);
            Assert.Equal(FlowHash.Compute(frame.Policy, frame.Bytes, frame.Tag), explained.Hash);
            Assert.Equal(explained.Hash, explained.Steps[^1].Hash);
            Assert.Equal((int)(explained.Hash!.Value % 7), explained.Member);
        }
    }

    [Fact]
    public void A_frame_cut_anywhere_is_explained()
    {
        foreach (var frame in RecordedFrame.All.Where(frame => frame is { Mode: "balance-xor", Bytes.Length: < 130 }).Take(1500))
        {
            for (var length = 0; length < frame.Bytes.Length; length++)
            {
                var explained = FrameExplainer.Explain(BondMode.Lacp, frame.Policy, 2, frame.Bytes.AsSpan(0, length));
                Assert.Equal(explained.Hash, explained.Steps[^1].Hash);
            }
        }
    }

    [Theory]
    [InlineData(BondMode.BalanceRoundRobin)]
    [InlineData(BondMode.ActiveBackup)]
    [InlineData(BondMode.Broadcast)]
    public void Modes_that_do_not_hash_say_what_decides_instead(BondMode mode)
    {
        var explained = FrameExplainer.Explain(mode, HashPolicy.Layer2, 2, Flow.BuildFrame());
        Assert.Null(explained.Hash);
        Assert.Null(explained.Member);
        Assert.NotNull(explained.Note);
    }

    [Fact]
    public void Without_members_no_member_is_named() =>
        Assert.Null(FrameExplainer.Explain(BondMode.BalanceXor, HashPolicy.Layer2, 0, Flow.BuildFrame()).Member);

    [Fact]
    public void A_flow_over_ipv6_in_a_vlan_hashes_as_its_frames_do()
    {
        var flow = new FlowDescription(
            IPEndPoint.Parse("[2001:db8:1:2:3:4:5:6]:33333"),
            IPEndPoint.Parse("[2001:db8:ffff::abcd]:80"),
            IpProtocol.Tcp
        )
        {
            Vlan = 7,
        };
        Assert.Equal(0x4e9b7dc3u, FlowHash.Compute(HashPolicy.Layer34, flow.BuildFrame()));
    }
}

using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>The next process continues the counters of the programs.</summary>
public sealed class PathTakeoverTests : IDisposable
{
    private const uint Server = 0x0a00_0001;
    private static readonly MacAddress Bond = new(0x0200_0000_00b0);
    private readonly ProgramRun _run = new(members: 2);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Requests_that_told_all_peers_are_counted_on()
    {
        _run.Path.Publish(
            new ForwardingPlan
            {
                Rule = TransmitRule.Buckets,
                Transmit = [0, 1],
                Balancing = new BucketRule
                {
                    Address = Bond,
                    Active = 0,
                    Sources = [Bond, new MacAddress(0x0200_0000_0001)],
                    Peers = [.. new byte[BucketRule.Size]],
                },
            }
        );
        var request = new byte[ArpAnswer.MaxLength];
        var length = ArpAnswer.Write(request, Bond, Server, MacAddress.Broadcast, Server, []);
        for (var i = 0; i < 3; i++)
            _run.Send(request.AsSpan(0, length));
        Assert.Equal(3ul, _run.Path.ToldAll);
        _run.Inside(() =>
        {
            Assert.True(_run.Path.TakeFrames().IsOk);
            using var route = new RouteSocket();
            var next = KernelPath.Load(ProgramRun.WiringOf(route.GetLink("bond0").Value!.Ifindex), _ => { });
            Assert.True(next.IsOk, next.Error.ToString());
            using (next.Value)
                Assert.Equal(3ul, next.Value!.ToldAll);
        });
    }
}

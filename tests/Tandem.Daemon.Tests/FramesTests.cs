using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>Control frames on their way from a bond's device to its brain.</summary>
public sealed class FramesTests
{
    private const int Count = 1000;

    [Theory]
    [InlineData(1)] // LACPDUs
    [InlineData(10)] // other slow protocols
    [InlineData(77)] // no known protocol
    public void Taking_a_frame_in_allocates_nothing(byte subtype)
    {
        var network = new FakeNetwork();
        var member = network.Add("e0");
        var directory = RunningService.TemporaryDirectory();
        var store = new StateStore(PrivateDirectory.Open(directory).Value!, new Surroundings("boot", 1), NullLogger.Instance);
        var registry = new BondRegistry(network, store, _ => { }, _ => default, NullLogger.Instance);
        var options = new Dictionary<string, string> { ["mode"] = "802.3ad" };
        Assert.Null(
            registry.Requests.Create(
                0,
                new CreateBondRequest
                {
                    Name = "bond0",
                    Options = options,
                    Up = true,
                }
            )
        );
        Assert.Null(registry.Requests.Join(0, "bond0", "e0"));
        var frame = new byte[SlowProtocols.FrameLength];
        Lacpdu.Write(frame, new MacAddress(0x0200_0000_0099), Port(0x0200_0000_0099), default);
        frame[14] = subtype;

        var now = Clock.Second;
        void Receive()
        {
            for (var i = 0; i < Count; i++)
            {
                network.Receive(member, frame);
                registry.TakeFrames(now += Clock.Second / 50);
            }
        }
        // Events about a partner that does not know us come once a minute; here after 5, 65 and 125 s.
        for (var round = 0; round < 8; round++)
            Receive();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Receive();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var counters = registry.Show(network, "bond0").Members[0].Lacp!.Counters;
        Assert.True(counters.Values.Aggregate(0ul, (sum, count) => sum + count) >= 9 * Count, string.Join(", ", counters));
        Directory.Delete(directory, recursive: true);
    }

    private static PortInfo Port(ulong address) =>
        new(new SystemId(1, new MacAddress(address)), 1, 1, 1, LacpState.Activity | LacpState.Aggregation);
}

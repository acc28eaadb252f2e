using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Packets;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>State of balance-alb and balance-tlb in the state file.</summary>
public sealed class BalancingStateTests : IDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private static readonly HostStack Stack = new() { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 1])]) };

    // The brain's limit.
    private const int MostPeers = 1024;

    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly FakeNetwork _network = new() { Stack = Stack };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("balance-alb")]
    [InlineData("balance-tlb")]
    public void The_next_service_shows_the_same(string mode)
    {
        var registry = Make(mode);
        for (byte peer = 7; peer < 12; peer++)
            Ask(registry, peer, Clock.Second);
        // New peers without a change of buckets are stored a little later.
        registry.Advance(3 * Clock.Second);
        var before = Shown(registry);
        Assert.Equal(mode == "balance-alb" ? 5 : 0, before.Peers.Count);
        var after = Shown(TakeOver(4 * Clock.Second));
        Assert.Equal(before.Peers, after.Peers);
        Assert.Equal(before.Buckets, after.Buckets);
        Assert.Equal(before.Addresses, after.Addresses);
    }

    [Fact]
    public void A_peer_that_moves_no_bucket_is_written_within_a_second()
    {
        var registry = Make("balance-alb");
        Ask(registry, 7, Clock.Second);
        registry.Advance(2 * Clock.Second);
        // Both peers have the same bucket: 10.0.0.7 and 10.1.1.7.
        Ask(registry, 7, 3 * Clock.Second, second: 1);
        Assert.Single(Read().Peers!.Peers);
        registry.Advance(4 * Clock.Second);
        Assert.Equal(["10.0.0.7", "10.1.1.7"], Read().Peers!.Peers.Select(peer => peer.Address));
    }

    [Fact]
    public void As_many_peers_as_are_remembered_have_room_in_the_file_and_come_back_whole()
    {
        var peers = Enumerable
            .Range(0, MostPeers)
            .Select(i => new PeerMemory(
                0x0a00_0000 + (uint)i,
                0xc0a8_ffff,
                new FrameTag(EtherType.ServiceVlan, 4094),
                new MacAddress(0x0200_0000_0000 + (ulong)i),
                long.MaxValue / 2,
                "an interface of a long name has the fewest peers for its speed",
                3
            ))
            .ToArray();
        var memory = new PeersMemory { Peers = [.. peers], ToldAll = ulong.MaxValue };
        var store = Store();
        store.Save(store.Blank("bond0") with { Peers = PeersState.Of(memory) });
        Assert.InRange(new FileInfo(Assert.Single(Directory.GetFiles(_directory))).Length, 1, 512 * 1024);
        Assert.Equal(peers, Read().Peers!.ToMemory().Peers);
    }

    [Fact]
    public void Buckets_are_read_as_they_were_written()
    {
        byte[] sends = [0, 7, 8, 255];
        byte[] receives = [.. Enumerable.Range(0, 256).Select(bucket => (byte)bucket)];
        var share = ShareState.Of(new ShareMemory(new MacAddress(1), true, [.. sends], [.. receives]))!;
        Assert.Equal("8101", share.Sends[..4]);
        Assert.Equal(sends, share.ToMemory().Sends);
        Assert.Equal(receives, share.ToMemory().Receives);
    }

    [Theory]
    [InlineData("")]
    [InlineData("red")]
    [InlineData("0")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Buckets_that_cannot_be_read_whole_harm_nothing(string text)
    {
        var memory = new ShareState(new MacAddress(1), true, text, text).ToMemory();
        Assert.InRange(memory.Sends.Length, 0, 256);
        Assert.Equal(memory.Sends, memory.Receives);
    }

    [Fact]
    public void Missing_or_unreadable_buckets_are_distributed_anew()
    {
        Ask(Make("balance-alb"), 7, Clock.Second);
        var state = Read();
        var strange = new PeerState("red", "10.0.0.1", default, 0, "");
        var peers = state.Peers! with { Peers = [strange, .. state.Peers!.Peers] };
        Store().Save(state with { Peers = peers, Members = [.. state.Members.Select(member => member with { Share = null })] });
        var shown = Shown(TakeOver(2 * Clock.Second));
        Assert.Equal("10.0.0.7", Assert.Single(shown.Peers).Split(' ')[0]);
        Assert.Equal(256, shown.Buckets.Sum());
        Store().Save(state with { Peers = null, Members = [.. state.Members.Select(member => member with { Share = null })] });
        Assert.Empty(Shown(TakeOver(2 * Clock.Second)).Peers);
    }

    private BondRegistry Make(string mode)
    {
        var registry = Start();
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = mode, ["miimon"] = "100" };
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
        foreach (var member in new[] { "e0", "e1", "e2" })
        {
            _network.Add(member);
            Assert.Null(registry.Requests.Join(0, "bond0", member));
        }
        registry.Links.StackReported(0, "bond0", Stack);
        return registry;
    }

    // A peer asks for the host's address.
    private void Ask(BondRegistry registry, byte peer, long now, byte second = 0)
    {
        var request = new byte[ArpAnswer.MaxLength];
        var address = 0x0a00_0000 | (uint)second << 16 | (uint)second << 8 | peer;
        var length = ArpAnswer.Write(
            request,
            new MacAddress(0x0200_0000_0077 + (ulong)address),
            address,
            MacAddress.Broadcast,
            0x0a00_0001,
            []
        );
        _network.Receive(_network.Find("e1")!, request[..length]);
        registry.TakeFrames(now);
    }

    private (IReadOnlyList<string> Peers, IReadOnlyList<int> Buckets, IReadOnlyList<string> Addresses) Shown(BondRegistry registry)
    {
        var bond = registry.Show(_network, "bond0");
        return new(
            [
                .. (bond.Balancing!.Peers ?? []).Select(peer =>
                    $"{peer.Address} {peer.Server} {peer.Station} {peer.Told} {peer.Member} {peer.Since:O} {peer.Reason}"
                ),
            ],
            [.. bond.Members.Select(member => member.Balancing!.Buckets)],
            [.. bond.Members.Select(member => member.Balancing!.Address)]
        );
    }

    private BondRegistry TakeOver(long now)
    {
        var registry = Start();
        registry.Handover.TakeOver(now, Read());
        return registry;
    }

    private BondState Read() => Assert.Single(Store().ReadAll([]));

    private StateStore Store() => new(PrivateDirectory.Open(_directory).Value!, Here, NullLogger.Instance);

    private BondRegistry Start() =>
        new(_network, Store(), static _ => { }, static now => DateTimeOffset.UnixEpoch.AddTicks(now / 100), NullLogger.Instance);
}

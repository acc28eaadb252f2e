using System.Net;
using System.Text.Json;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Daemon.Tests;

public sealed class BalancingTests
{
    private static readonly HostStack Stack = new() { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 1])]) };

    [Fact]
    public async Task A_balance_tlb_bond_shows_the_number_of_buckets_of_each_member()
    {
        await using var service = await RunningService.StartAsync();
        var bond = await MakeAsync(service, "balance-tlb");
        Assert.True(bond.Balancing is { IsDynamic: true, UnbalancedBytesPerSecond: 0, Peers: null });
        Assert.Equal(256, bond.Members.Sum(member => member.Balancing!.Buckets));
        Assert.All(bond.Members, member => Assert.InRange(member.Balancing!.Buckets, 100, 156));
        Assert.Equal(2, bond.Members.Select(member => member.Balancing!.Address).Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(bond.Link.Address!, bond.Members.Select(member => member.Balancing!.Address));
    }

    [Fact]
    public async Task Moves_of_buckets_are_shown_with_their_reasons()
    {
        await using var service = await RunningService.StartAsync();
        await MakeAsync(service, "balance-tlb");
        await service.SendAsync(HttpMethod.Delete, "/v1/bonds/bond0/members/e0");
        var bond = await ReadAsync(service);
        Assert.Equal(256, Assert.Single(bond.Members).Balancing!.Buckets);
        var move = bond.Balancing!.Moves[^1];
        Assert.Equal(("e0", "e1", "e0 cannot send"), (move.From, move.To, move.Reason));
        Assert.InRange(move.Buckets.Count, 100, 256);
        Assert.InRange(move.Time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_balance_alb_bond_shows_which_address_peers_were_told()
    {
        await using var service = await RunningService.StartAsync(new FakeNetwork { Stack = Stack });
        await MakeAsync(service, "balance-alb");
        var request = new byte[ArpAnswer.MaxLength];
        var peer = new MacAddress(0x0200_0000_0077);
        var length = ArpAnswer.Write(request, peer, 0x0a00_0007, MacAddress.Broadcast, 0x0a00_0001, [new FrameTag(EtherType.Vlan, 7)]);
        service.Network.Receive(service.Network.Find("e1")!, request[..length]);

        var bond = await UntilAsync(service, bond => bond.Balancing!.Peers!.Count > 0);

        var told = Assert.Single(bond.Balancing!.Peers!);
        Assert.Equal(("10.0.0.7", "10.0.0.1", 7, peer.ToString()), (told.Address, told.Server, told.Vlan, told.Station));
        var member = Assert.Single(bond.Members, member => member.Name == told.Member);
        Assert.Equal(member.Balancing!.Address, told.Told);
        Assert.NotEmpty(told.Reason);
        Assert.InRange(told.Since, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task The_hash_alone_has_no_buckets()
    {
        await using var service = await RunningService.StartAsync();
        var bond = await MakeAsync(service, "balance-tlb", ""","tlb_dynamic_lb":0""");
        Assert.False(bond.Balancing!.IsDynamic);
        Assert.All(bond.Members, member => Assert.Equal(0, member.Balancing!.Buckets));
    }

    [Fact]
    public async Task Bonds_of_other_modes_say_nothing_of_it()
    {
        await using var service = await RunningService.StartAsync();
        var bond = await MakeAsync(service, "active-backup");
        Assert.Null(bond.Balancing);
        Assert.All(bond.Members, member => Assert.Null(member.Balancing));
    }

    [Theory]
    [InlineData("balance-rr", TransmitRule.RoundRobin)]
    [InlineData("active-backup", TransmitRule.One)]
    [InlineData("balance-xor", TransmitRule.Hash)]
    [InlineData("broadcast", TransmitRule.Broadcast)]
    [InlineData("balance-alb", TransmitRule.Buckets)]
    public async Task The_plan_that_is_carried_out_is_told(string mode, TransmitRule rule)
    {
        await using var service = await RunningService.StartAsync();
        var bond = await MakeAsync(service, mode);
        var (status, json) = await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0/plan");
        Assert.Equal(200, status);
        var (plan, names) = PlanJson.Read(json.Deserialize(TandemJson.Default.PlanResource)!);
        Assert.Equal(rule, plan.Rule);
        Assert.Equal(["e0", "e1"], names);
        Assert.Equal(rule == TransmitRule.One ? [1] : [], plan.Standby);
        Assert.Equal(plan.Balancing?.Sources.Select(source => source.ToString()) ?? [], Sources(bond));
    }

    [Fact]
    public async Task A_bond_that_is_not_there_has_no_plan()
    {
        await using var service = await RunningService.StartAsync();
        Assert.Equal(404, (await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond7/plan")).Status);
    }

    private static IEnumerable<string> Sources(BondResource bond) =>
        bond.Members.Where(member => member.Balancing is not null).Select(member => member.Balancing!.Address);

    private static async Task<BondResource> MakeAsync(RunningService service, string mode, string more = "")
    {
        service.Network.Add("e0");
        service.Network.Add("e1");
        var body = $$"""{"name":"bond0","options":{"mode":"{{mode}}","miimon":100{{more}}},"up":true}""";
        Assert.Equal(201, (await service.SendAsync(HttpMethod.Post, "/v1/bonds", body)).Status);
        foreach (var member in new[] { "e0", "e1" })
            Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, $"/v1/bonds/bond0/members/{member}")).Status);
        // Waits for both members' share: the second member gets its buckets a moment after it joined.
        return await UntilAsync(
            service,
            bond =>
                bond.Carrier && bond.Members.All(member => bond.Balancing is not { IsDynamic: true } || member.Balancing!.Buckets == 128)
        );
    }

    private static async Task<BondResource> ReadAsync(RunningService service) =>
        (await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0")).Json.Deserialize(TandemJson.Default.BondResource)!;

    private static async Task<BondResource> UntilAsync(RunningService service, Func<BondResource, bool> holds)
    {
        var ends = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            var bond = await ReadAsync(service);
            if (holds(bond))
                return bond;
            Assert.True(DateTime.UtcNow < ends, JsonSerializer.Serialize(bond, TandemJson.Default.BondResource));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

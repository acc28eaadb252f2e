using CsCheck;
using Tandem.Core.Bonds;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>What must hold where interfaces refuse other addresses and MTUs at random, and others change them.</summary>
public sealed class RefusalInvariantTests
{
    private const int Ports = 3;
    private const int UsualMtu = 1500;

    // The bond knows of a change a moment after it.
    private const double News = 1;

    private enum Act
    {
        Cut,
        Mend,
        Join,
        Leave,
        Wait,
        Choose,
        Address,
        Mtu,
        Down,
        Up,
        ForeignAddress,
        ForeignMtu,
        Refuse,
        Obey,
    }

    private static readonly string[][] Variants =
    [
        ["mode", "active-backup"],
        ["mode", "active-backup", "fail_over_mac", "active"],
        ["mode", "active-backup", "fail_over_mac", "follow"],
        ["mode", "balance-xor", "min_links", "2"],
        ["mode", "802.3ad", "min_links", "2"],
        ["mode", "balance-tlb"],
        ["mode", "balance-alb"],
    ];

    private static readonly Gen<(string[] Options, (Act Act, int Which, int Amount)[] Steps)> Scripts = Gen.Select(
        Gen.Int[0, Variants.Length - 1].Select(number => Variants[number]),
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, Ports - 1], Gen.Int[0, 1500]).Array[1, 50]
    );

    [Fact]
    public void Whatever_interfaces_refuse_the_bond_knows_what_they_have_and_mends_it_later() =>
        Gen.Select(Scripts, OddClocks.Frequencies)
            .Sample(
                (script, frequency) =>
                {
                    var world = new World(frequency: frequency);
                    var (a, b) = (world.AddStation("a", Ports), world.AddStation("b", Ports));
                    var cables = world.Connect(a, b);
                    b.Start(script.Options[..2]);
                    Assert.Null(a.Set(script.Options));
                    foreach (var step in script.Steps)
                    {
                        Play(step, world, a, cables);
                        world.Run(News + 1_000.0 / frequency);
                        Check(a);
                    }
                    a.Fault = (_, _) => null;
                    // No rest is longer.
                    for (var minute = 0; minute < 62 && a.Bond.Members.Any(Rests); minute++)
                        world.Run(60_000);
                    Check(a);
                    Assert.DoesNotContain(a.Bond.Members, Rests);
                },
                iter: 500
            );

    private static void Play((Act Act, int Which, int Amount) step, World world, Station a, IReadOnlyList<Cable> cables)
    {
        var (port, amount) = (a.Ports[step.Which], step.Amount);
        var isMember = a.Bond.FindMember(port.Ifindex) is not null;
        switch (step.Act)
        {
            case Act.Cut:
                cables[step.Which].Cut();
                break;
            case Act.Mend:
                cables[step.Which].Mend();
                break;
            case Act.Join when !isMember:
                port.IsUp = false;
                a.Join(port);
                break;
            case Act.Leave:
                a.Leave(port);
                break;
            case Act.Wait:
                world.Run(amount * (amount % 3 == 0 ? 100.0 : 1));
                break;
            case Act.Choose:
                a.Set("active_slave", port.Name);
                break;
            case Act.Address:
                a.Bond.SetAddress(world.Now, new MacAddress(0x0200_0000_5500 + (ulong)amount));
                break;
            case Act.Mtu:
                a.Bond.SetMtu(world.Now, UsualMtu - 100 + amount);
                break;
            case Act.Down:
                a.Bond.SetUp(world.Now, up: false);
                break;
            case Act.Up:
                a.Bond.SetUp(world.Now, up: true);
                break;
            case Act.ForeignAddress when isMember:
                port.ChangeByOther(address: new MacAddress(0x0200_0000_6600 + (ulong)amount));
                break;
            case Act.ForeignMtu when isMember:
                port.ChangeByOther(mtu: 1280 + amount);
                break;
            case Act.Refuse:
                var chance = new Random(amount);
                a.Fault = (_, operation) =>
                    operation is "attach" or "address" or "mtu" or "mtu limit" && chance.Next(2) == 0 ? "not with this device" : null;
                break;
            case Act.Obey:
                a.Fault = (_, _) => null;
                break;
        }
    }

    private static bool Rests(Member member) => member.Upkeep.NextTry != Clock.Never;

    private static void Check(Station a)
    {
        var bond = a.Bond;
        Assert.Equal(bond.Address, a.Address);
        Assert.Equal(bond.Mtu, a.Mtu);
        foreach (var member in bond.Members)
        {
            var port = a.Ports.Single(port => port.Ifindex == member.Ifindex);
            Assert.True(port.Mtu >= bond.Mtu || member.Upkeep.Mtu.IsResting, $"{port.Name}: MTU {port.Mtu} of {bond.Mtu}");
            Assert.True(
                port.Address == member.Address || member.Upkeep.Address.IsResting,
                $"{port.Name}: {port.Address}, {member.Address}"
            );
            // No card drops what is sent to the address that the member should have.
            Assert.True(port.Address == member.Address || a.HearingAll.Contains(port.Name), $"{port.Name} is deaf");
        }
        if (bond.Options.FailOverMac == Core.Options.FailOverMac.None && bond.Mode.SharesAddress)
            Assert.All(bond.Members, member => Assert.Equal(bond.Address, member.Address));
        // A former member is down.
        foreach (var port in a.Ports.Where(port => bond.FindMember(port.Ifindex) is null))
            Assert.False(port.IsUp);
        Assert.Subset(bond.Members.Select(member => member.Name).ToHashSet(), a.HearingAll);
    }
}

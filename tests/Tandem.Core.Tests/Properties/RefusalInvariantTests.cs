using CsCheck;
using Tandem.Core.Bonds;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>Invariants while interfaces refuse addresses and MTUs at random, and other programs change them.</summary>
public sealed class RefusalInvariantTests
{
    private const int Ports = 3;

    // The bond hears of a change after this time, in ms.
    private const double News = 1;

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

    private static readonly Gen<Step[]> Scripts = BondSteps.Scripts(
        Ports,
        50,
        Act.Cut,
        Act.Mend,
        Act.Join,
        Act.Leave,
        Act.Wait,
        Act.LongWait,
        Act.Choose,
        Act.Address,
        Act.Mtu,
        Act.BondDown,
        Act.BondUp,
        Act.ForeignAddress,
        Act.ForeignMtu,
        Act.RefuseAtRandom,
        Act.Obey
    );

    [Fact]
    public void Whatever_interfaces_refuse_the_bond_knows_what_they_have_and_mends_it_later() =>
        Gen.Select(BondSteps.OneOf(Variants), Gen.Bool, Scripts, OddClocks.Frequencies)
            .Sample(
                (options, beginsWhole, script, frequency) =>
                {
                    var world = new World(frequency: frequency);
                    var (a, b) = (world.AddStation("a", Ports), world.AddStation("b", Ports));
                    var cables = world.Connect(a, b);
                    b.Start(options[..2]);
                    if (beginsWhole)
                        a.Start(options);
                    else
                        Assert.Null(a.Set(options));
                    foreach (var step in script)
                    {
                        var faults = FaultsOf(a);
                        BondSteps.Play(step, world, a, cables);
                        // Holds even before the bond hears of its own changes, unless it could not undo one.
                        if (step.Act is not (Act.ForeignAddress or Act.ForeignMtu) && FaultsOf(a) == faults)
                            Check(a);
                        world.Run(News + 1_000.0 / frequency);
                        Check(a);
                    }
                    a.Fault = (_, _) => null;
                    // The longest pause is over by then.
                    for (var minute = 0; minute < 62 && a.Bond.Members.Any(Rests); minute++)
                        world.Run(60_000);
                    Check(a);
                    Assert.DoesNotContain(a.Bond.Members, Rests);
                },
                iter: 500
            );

    private static int FaultsOf(Station a) => a.Events.Count(happened => happened.Kind == EventKind.Fault);

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
            // No card drops frames to the address that the member should have.
            Assert.True(port.Address == member.Address || a.HearingAll.Contains(port.Name), $"{port.Name} is deaf");
        }
        if (bond.Options.FailOverMac == Core.Options.FailOverMac.None && bond.Mode.SharesAddress)
            Assert.All(bond.Members, member => Assert.Equal(bond.Address, member.Address));
        // No card drops frames to the bond's address either, even if the active member refused that address.
        if (bond.Options.FailOverMac == Core.Options.FailOverMac.Follow && bond.Active is { } active)
            Assert.True(active.Address == bond.Address || a.HearingAll.Contains(active.Name), $"{active.Name} is deaf to the bond");
        // A former member is down, and has its earlier address and MTU, even if these were changed while it was a member.
        foreach (var port in a.Ports.Where(port => bond.FindMember(port.Ifindex) is null))
            Assert.Equal((false, port.OwnAddress, BondSteps.UsualMtu), (port.IsUp, port.Address, port.Mtu));
        Assert.Subset(bond.Members.Select(member => member.Name).ToHashSet(), a.HearingAll);
    }
}

using CsCheck;
using Tandem.Core.Forwarding;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>Invariants of a bond after any sequence of inputs.</summary>
public sealed class BondInvariantTests
{
    private const int Ports = 4;

    // Rare: once a user has set an address, the bond does not take the address of its first member.
    private static readonly Gen<Step[]> Scripts = BondSteps.Scripts(
        Ports,
        60,
        [.. Usual, .. Usual, .. Usual, .. Usual, .. Usual, Act.Address]
    );

    private static Act[] Usual =>
        [
            Act.Cut,
            Act.Mend,
            Act.Join,
            Act.Leave,
            Act.SetDown,
            Act.SetUp,
            Act.Wait,
            Act.Vanish,
            Act.Mode,
            Act.Primary,
            Act.Prio,
            Act.Choose,
            Act.Delays,
            Act.BondDown,
            Act.BondUp,
            Act.Deaf,
            Act.FailOverMac,
            Act.RefuseToJoin,
            Act.Peer,
            Act.Load,
            Act.MinLinks,
        ];

    // Half of the bonds start without members, so that their mode can change; the others start with all members. Empty: a new bond.
    private static readonly Gen<string[]> Starts = Gen.OneOf(
        Gen.Const<string[]>([]),
        BondSteps.OneOf<string[]>(
            ["mode", "balance-rr"],
            ["mode", "active-backup"],
            ["mode", "active-backup", "fail_over_mac", "active"],
            ["mode", "active-backup", "fail_over_mac", "follow"],
            ["mode", "balance-xor"],
            ["mode", "broadcast"],
            ["mode", "balance-tlb"],
            ["mode", "balance-alb"]
        )
    );

    [Fact]
    public void After_any_sequence_of_inputs_the_plan_fits_the_state() =>
        Gen.Select(Starts, Scripts, OddClocks.Frequencies)
            .Sample(
                (start, script, frequency) =>
                {
                    var (world, a, cables) = Build(start, frequency);
                    foreach (var step in script)
                    {
                        BondSteps.Play(step, world, a, cables);
                        Check(a);
                    }
                },
                iter: 1_000
            );

    [Fact]
    public void The_same_inputs_give_the_same_events_and_plans() =>
        Gen.Select(Starts, Scripts)
            .Sample(
                (start, script) =>
                {
                    var (one, other) = (Play(start, script), Play(start, script));
                    Assert.Equal(one.Events, other.Events);
                    Assert.Equal(one.Announced, other.Announced);
                    Assert.Equal(one.Plans.Count, other.Plans.Count);
                    Assert.All(one.Plans.Zip(other.Plans), plans => Assert.True(plans.First.SameAs(plans.Second)));
                },
                iter: 200
            );

    [Fact]
    public void When_the_faults_stop_every_mode_is_whole_again_within_its_delays() =>
        Gen.Select(Starts, Scripts, OddClocks.Frequencies)
            .Sample(
                (start, script, frequency) =>
                {
                    var (world, a, cables) = Build(start, frequency);
                    foreach (var step in script)
                        BondSteps.Play(step, world, a, cables);
                    foreach (var port in a.Ports)
                    {
                        port.Exists = true;
                        a.Fault = (_, _) => null;
                        if (a.Bond.FindMember(port.Ifindex) is null)
                            port.IsUp = false;
                        Assert.Null(a.Join(port));
                        port.IsUp = true;
                    }
                    foreach (var cable in cables)
                        cable.Mend();
                    a.Bond.SetUp(world.Now, up: true);
                    // Only polling detects changes that a port does not report.
                    Assert.Null(a.Set("miimon", "100"));
                    world.Run(10_000);
                    Check(a);
                    Assert.True(a.Carrier);
                    Assert.All(a.Bond.Members, member => Assert.Equal(LinkState.Up, member.State));
                },
                iter: 200
            );

    [Fact]
    public void The_new_active_member_is_the_standby_of_the_plan() =>
        Gen.Select(Scripts, Gen.Bool.Array[Ports])
            .Sample(
                (script, leaves) =>
                {
                    var (world, a, cables) = Build(["mode", "active-backup"]);
                    foreach (var step in script.Where(step => step.Act != Act.Mode))
                        BondSteps.Play(step, world, a, cables);
                    Assert.Null(a.Set("miimon", "100", "downdelay", "0"));
                    foreach (var port in a.Ports)
                        port.ReportsLink = true;
                    for (var loss = 0; a.Bond.Active is { State: LinkState.Up } active; loss++)
                    {
                        var standby = a.Plan.Standby;
                        var port = a.Ports.Single(port => port.Ifindex == active.Ifindex);
                        if (leaves[loss])
                            a.Leave(port);
                        else
                            cables[a.Ports.ToList().IndexOf(port)].Cut();
                        // The link may have been lost before, without a report.
                        a.Bond.LinkChanged(world.Now, port.Ifindex, port.Status);
                        Assert.Equal(standby.Take(1), a.Plan.Transmit);
                        Assert.Equal(standby.Skip(1), a.Plan.Standby);
                    }
                },
                iter: 1_000
            );

    private static (World World, Station A, IReadOnlyList<Cable> Cables) Build(string[] start, long frequency = Clock.Second)
    {
        var world = new World(frequency: frequency);
        var (a, b) = (world.AddStation("a", Ports), world.AddStation("b", Ports));
        var cables = world.Connect(a, b);
        b.Start();
        if (start.Length > 0)
            a.Start(start);
        return (world, a, cables);
    }

    private static Station Play(string[] start, Step[] script)
    {
        var (world, a, cables) = Build(start);
        foreach (var step in script)
            BondSteps.Play(step, world, a, cables);
        return a;
    }

    private static void Check(Station a)
    {
        var bond = a.Bond;
        var plan = a.Plan;
        Assert.Same(bond.Plan, plan);
        Assert.Equal(bond.HasCarrier, a.Carrier);
        Assert.Equal(bond.Address, a.Address);

        var usable = bond.Members.Where(member => member.CanTransmit).Select(member => (byte)member.Slot).ToList();
        var standby = bond.Options.Mode == Core.Options.BondMode.ActiveBackup;
        var balances = bond.Options.Mode is Core.Options.BondMode.BalanceTlb or Core.Options.BondMode.BalanceAlb;
        if (balances)
            BalancingInvariants.Check(a);
        else if (standby)
            Assert.Equal(bond.Active is { } active ? [(byte)active.Slot] : [], plan.Transmit);
        else
            Assert.Equal(usable.Order(), plan.Transmit.Distinct().Order());
        Assert.Equal(plan.Transmit.IsEmpty, plan.Rule == TransmitRule.None);

        // Frames are delivered from members only, and in active-backup from one of them.
        var slots = bond.Members.Aggregate(0UL, (bits, member) => bits | (1UL << member.Slot));
        Assert.Equal(
            standby || balances
                ? bond.Active is { } only
                    ? 1UL << only.Slot
                    : 0
                : slots,
            plan.Deliver
        );
        Assert.Equal(bond.Members.Count, bond.Members.Select(member => member.Slot).Distinct().Count());

        // One link that is up is enough for an active member. It is enough for carrier too, unless min_links requires more.
        var up = bond.Members.Count(member => member.State == LinkState.Up);
        Assert.Equal(up >= Math.Max(1, standby || balances ? 1 : bond.Options.MinLinks), bond.HasCarrier);
        if (up > 0)
            Assert.NotNull(bond.Active);
        CheckAddresses(a);
        foreach (var port in a.Ports.Where(port => bond.FindMember(port.Ifindex) is null))
            Assert.False(port.IsUp);
    }

    private static void CheckAddresses(Station a)
    {
        var bond = a.Bond;
        Assert.All(bond.Members, member => Assert.Equal(member.Address, a.Ports.Single(port => port.Ifindex == member.Ifindex).Address));
        switch (bond.Options.FailOverMac)
        {
            case Core.Options.FailOverMac.None when bond.Options.Mode == Core.Options.BondMode.BalanceAlb:
                Assert.All(bond.Members, member => Assert.Equal(((Balancing.BalancingMode)bond.Mode).Addresses[member], member.Address));
                break;
            case Core.Options.FailOverMac.None:
                Assert.All(bond.Members, member => Assert.Equal(bond.Address, member.Address));
                break;
            case Core.Options.FailOverMac.Active when bond.Active is { } active:
                Assert.Equal(bond.Address, active.Address);
                Assert.All(bond.Members, member => Assert.Equal(member.PermanentAddress, member.Address));
                break;
            case Core.Options.FailOverMac.Follow when bond.Active is { } active:
                // No two members on the wire have the same address.
                Assert.Equal(bond.Address, active.Address);
                Assert.Equal(bond.Members.Count, bond.Members.Select(member => member.Address).Distinct().Count());
                break;
        }
    }
}

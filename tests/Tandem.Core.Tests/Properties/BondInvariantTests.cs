using CsCheck;
using Tandem.Core.Forwarding;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>Invariants of a bond after any sequence of inputs.</summary>
public sealed class BondInvariantTests
{
    private const int Ports = 4;

    private enum Act
    {
        Cut,
        Mend,
        Join,
        Leave,
        SetDown,
        SetUp,
        Wait,
        Vanish,
        Mode,
        Primary,
        Prio,
        Choose,
        Delays,
        BondDown,
        BondUp,
        Deaf,
        Address,
        FailOverMac,
        Refuse,
        Peer,
        Load,
        MinLinks,
    }

    private static readonly Gen<(Act Act, int Which, int Amount)[]> Scripts = Gen.Select(
        Gen.Enum<Act>(),
        Gen.Int[0, Ports - 1],
        Gen.Int[0, 1500]
    ).Array[1, 60];

    [Fact]
    public void After_any_sequence_of_inputs_the_plan_fits_the_state() =>
        Gen.Select(Scripts, OddClocks.Frequencies)
            .Sample(
                (script, frequency) =>
                {
                    var (world, a, cables) = Build(frequency);
                    foreach (var step in script)
                    {
                        Play(step, world, a, cables);
                        Check(a);
                    }
                },
                iter: 1_000
            );

    [Fact]
    public void The_same_inputs_give_the_same_events_and_plans() =>
        Scripts.Sample(
            script =>
            {
                Assert.Equal(Trace(script), Trace(script));
            },
            iter: 100
        );

    [Fact]
    public void When_the_faults_stop_every_mode_is_whole_again_within_its_delays() =>
        Gen.Select(Scripts, OddClocks.Frequencies)
            .Sample(
                (script, frequency) =>
                {
                    var (world, a, cables) = Build(frequency);
                    foreach (var step in script)
                        Play(step, world, a, cables);
                    foreach (var port in a.Ports)
                    {
                        (port.Exists, port.ReportsLink) = (true, true);
                        a.Fault = (_, _) => null;
                        if (a.Bond.FindMember(port.Ifindex) is null)
                            port.IsUp = false;
                        Assert.Null(a.Join(port));
                        port.IsUp = true;
                    }
                    foreach (var cable in cables)
                        cable.Mend();
                    a.Bond.SetUp(world.Now, up: true);
                    // What a deaf port did not report, only the poll can find.
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
                    var (world, a, cables) = Build();
                    Assert.Null(a.Set("mode", "active-backup"));
                    foreach (var step in script.Where(step => step.Act != Act.Mode))
                        Play(step, world, a, cables);
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
                        // It may have been lost before, without a word.
                        a.Bond.LinkChanged(world.Now, port.Ifindex, port.Status);
                        Assert.Equal(standby.Take(1), a.Plan.Transmit);
                        Assert.Equal(standby.Skip(1), a.Plan.Standby);
                    }
                },
                iter: 1_000
            );

    private static (World World, Station A, IReadOnlyList<Cable> Cables) Build(long frequency = Clock.Second)
    {
        var world = new World(frequency: frequency);
        var (a, b) = (world.AddStation("a", Ports), world.AddStation("b", Ports));
        var cables = world.Connect(a, b);
        b.Start();
        return (world, a, cables);
    }

    private static string Trace((Act, int, int)[] script)
    {
        var (world, a, cables) = Build();
        var plans = new List<ForwardingPlan>();
        foreach (var step in script)
        {
            Play(step, world, a, cables);
            plans.Add(a.Plan);
        }
        return string.Join('\n', a.Events)
            + string.Join('\n', plans.Select(plan => $"{plan.Generation} {plan.Rule} {string.Join(',', plan.Transmit)} {plan.Deliver}"));
    }

    private static void Play((Act Act, int Which, int Amount) step, World world, Station a, IReadOnlyList<Cable> cables)
    {
        var port = a.Ports[step.Which];
        var isMember = a.Bond.FindMember(port.Ifindex) is not null;
        switch (step.Act)
        {
            case Act.Cut:
                cables[step.Which].Cut();
                break;
            case Act.Mend:
                cables[step.Which].Mend();
                break;
            case Act.Join when port.Exists:
                a.Join(port);
                break;
            case Act.Leave:
                a.Leave(port);
                break;
            case Act.SetDown:
                port.IsUp = false;
                break;
            case Act.SetUp when isMember:
                port.IsUp = true;
                break;
            case Act.Wait:
                world.Run(step.Amount);
                break;
            case Act.Vanish when isMember:
                port.Exists = false;
                a.Bond.MemberGone(world.Now, port.Ifindex, "deleted");
                port.Exists = true;
                port.IsUp = false;
                break;
            case Act.Mode:
                a.Set("mode", ((string[])["0", "1", "2", "3", "5", "6"])[step.Amount % 6]);
                break;
            case Act.Primary:
                a.Set("primary", step.Amount % 3 == 0 ? "" : port.Name);
                break;
            case Act.Prio when isMember:
                a.Set(port, "prio", $"{step.Amount - 700}");
                break;
            case Act.Choose:
                a.Set("active_slave", step.Amount % 3 == 0 ? "" : port.Name);
                break;
            case Act.Delays:
                a.Set("miimon", "100", "updelay", $"{step.Amount}", "downdelay", $"{1500 - step.Amount}");
                break;
            case Act.BondDown:
                a.Bond.SetUp(world.Now, up: false);
                break;
            case Act.BondUp:
                a.Bond.SetUp(world.Now, up: true);
                break;
            case Act.Deaf:
                port.ReportsLink = step.Amount % 2 == 0;
                break;
            case Act.FailOverMac:
                a.Set("fail_over_mac", $"{step.Amount % 3}");
                break;
            case Act.Refuse:
                // The device takes no new member now; a member's device, and the bond's, do as they are told.
                a.Fault = (device, operation) => step.Amount % 2 == 0 && device == port.Name && operation == "attach" ? "no" : null;
                break;
            case Act.Peer:
                cables[step.Which].B.Transmit(BalancingInvariants.Question(step.Amount));
                world.Run(1);
                break;
            case Act.Load:
                for (var frame = 0; frame < step.Amount % 50; frame++)
                    a.Send([.. new byte[6], 2, 0, 0, 0, 0, (byte)frame, 0x08, 0x00, .. new byte[46]]);
                break;
            case Act.MinLinks:
                a.Set("min_links", $"{step.Which + 1}");
                break;
            case Act.Address when step.Amount % 5 == 0:
                a.Bond.SetAddress(world.Now, new MacAddress(0x0200_0000_5500 + (ulong)step.Amount));
                break;
        }
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

        // One link that is up is enough for someone to be active, and for carrier unless min_links asks for more.
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
                // Nobody on the wire has the same address twice.
                Assert.Equal(bond.Address, active.Address);
                Assert.Equal(bond.Members.Count, bond.Members.Select(member => member.Address).Distinct().Count());
                break;
        }
    }
}

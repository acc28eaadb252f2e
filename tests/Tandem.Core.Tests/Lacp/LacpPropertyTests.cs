using System.Diagnostics;
using CsCheck;
using Tandem.Core.Lacp;
using Tandem.Core.Tests.Properties;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>Invariants after any faults, and the time to recovery after the last one.</summary>
public sealed class LacpPropertyTests
{
    private const int Ports = 4;

    private enum Fault
    {
        Cut,
        Mend,
        DeafA,
        DeafB,
        Lossy,
        Slow,
        Whole,
        Wait,
        LongWait,
        Drain,
        Undrain,
        Leave,
        Join,
        PortPriority,
        SystemPriority,
        Down,
        Up,
        Speed,
        MaxActive,
        MinLinks,
    }

    private static readonly Gen<(Fault Fault, int Which, int Amount)[]> Scripts = Gen.Select(
        Gen.Enum<Fault>(),
        Gen.Int[0, Ports - 1],
        Gen.Int[0, 3_000]
    ).Array[1, 40];

    private static readonly string[][] Variants =
    [
        [],
        ["coupled_control", "on"],
        ["lacp_aggregate_wait", "2000"],
        ["lacp_wait_to_restore", "2"],
        ["lacp_max_active", "2"],
        ["lacp_revertive", "off", "lacp_max_active", "3"],
        ["lacp_fallback", "5"],
        ["lacp_hold_partner", "on"],
        ["min_links", "2", "ad_select", "bandwidth"],
    ];

    [Fact]
    public void Whatever_fails_the_invariants_hold_and_all_is_well_soon_after() =>
        Gen.Select(Scripts, Gen.Int[0, Variants.Length - 1], Gen.Int[0, Variants.Length - 1], OddClocks.Frequencies)
            .Sample(
                (script, forA, forB, frequency) =>
                {
                    var world = new World(frequency: frequency);
                    var (a, b) = (world.AddStation("a", Ports), world.AddStation("b", Ports));
                    var cables = world.Connect(a, b);
                    SentChecker.Watch(a, world);
                    SentChecker.Watch(b, world);
                    a.Start(["mode", "802.3ad", "lacp_rate", "fast", .. Variants[forA]]);
                    b.Start(["mode", "802.3ad", "lacp_rate", "fast", .. Variants[forB]]);
                    foreach (var (fault, which, amount) in script)
                    {
                        Play(fault, which, amount, world, a, cables);
                        LacpInvariants.Check(a.Bond, world.Now);
                        LacpInvariants.Check(b.Bond, world.Now);
                    }
                    Mend(world, a, cables);
                    // Six seconds until both ends expire what they missed, plus the delays of the options.
                    world.Run(15_000);
                    LacpInvariants.Check(a.Bond, world.Now);
                    LacpInvariants.Check(b.Bond, world.Now);
                    Assert.False(a.Bond.IsCarrierHeldBack || b.Bond.IsCarrierHeldBack);
                    var most = Math.Min(Limit(a), Limit(b));
                    Assert.True(most == Carrying(a), Describe(a) + Describe(b));
                    Assert.Equal(Carrying(a), Carrying(b));
                    Assert.Equal(most >= Math.Max(1, a.Bond.Options.MinLinks), a.Carrier);
                    Assert.Equal(2 * most, a.Plan.Transmit.Length + b.Plan.Transmit.Length);
                },
                iter: 250
            );

    [Fact]
    public void A_thousand_members_cost_little_of_one_core()
    {
        var world = new World();
        for (var pair = 0; pair < 8; pair++)
        {
            var (a, b) = (world.AddStation("a", 64), world.AddStation("b", 64));
            world.Connect(a, b);
            a.Start("mode", "802.3ad", "miimon", "0");
            b.Start("mode", "802.3ad", "miimon", "0");
        }
        world.Run(10_000);
        var watch = Stopwatch.StartNew();
        world.Run(120_000);
        var share = watch.Elapsed.TotalSeconds / 120;
        TestContext.Current.TestOutputHelper?.WriteLine($"1024 members at the slow rate: {100 * share:0.000} % of one core");
        Assert.True(share < 0.05, $"{100 * share} %");
    }

    private static string Describe(Station station) =>
        string.Concat(
            station.Bond.Lacp!.Ports.Select(port =>
                $"\n{station.Name} {port.Member.Name}: {LacpAdvice.WhyIdle(station.Bond.Lacp!, port)}; {port.Actor} {port.Partner} {port.Receive} {port.Selected} {port.Mux}"
            )
        );

    private static int Limit(Station station) =>
        (int)station.Bond.Options[LacpOptions.MaxActive].Number is var most && most > 0 ? most : Ports;

    private static int Carrying(Station station) => station.Bond.Lacp!.Ports.Count(port => port.Mux == MuxState.Distributing);

    private static void Play(Fault fault, int which, int amount, World world, Station a, IReadOnlyList<Cable> cables)
    {
        var (port, cable) = (a.Ports[which], cables[which]);
        var isMember = a.Bond.FindMember(port.Ifindex) is not null;
        switch (fault)
        {
            case Fault.Cut:
                cable.Cut();
                break;
            case Fault.Mend:
                cable.Mend();
                break;
            case Fault.DeafA:
                cable.DeafTo = cable.A;
                break;
            case Fault.DeafB:
                cable.DeafTo = cable.B;
                break;
            case Fault.Lossy:
                cable.Loss = amount / 4_000.0;
                break;
            case Fault.Slow:
                cable.Delay = amount / 4 * Clock.Millisecond;
                break;
            case Fault.Whole:
                (cable.DeafTo, cable.Loss, cable.Delay) = (null, 0, Clock.Millisecond);
                break;
            case Fault.Wait:
                world.Run(amount);
                break;
            case Fault.LongWait:
                world.Run(4 * amount);
                break;
            case Fault.Drain when isMember:
                Assert.Null(a.Set(port, "drain", "on"));
                break;
            case Fault.Undrain when isMember:
                Assert.Null(a.Set(port, "drain", "off"));
                break;
            case Fault.Leave when isMember:
                a.Leave(port);
                break;
            case Fault.Join when !isMember:
                Assert.Null(a.Join(port));
                break;
            case Fault.PortPriority when isMember:
                Assert.Null(a.Set(port, "actor_port_prio", $"{amount % 4}"));
                break;
            case Fault.SystemPriority:
                Assert.Null(a.Set("ad_actor_sys_prio", amount % 2 == 0 ? "1" : "65535"));
                break;
            case Fault.Down:
                a.Bond.SetUp(world.Now, up: false);
                break;
            case Fault.Up:
                a.Bond.SetUp(world.Now, up: true);
                break;
            case Fault.Speed:
                port.SpeedMbps = amount % 3 == 0 ? 0 : 10_000u / (uint)(1 + 9 * (amount % 2));
                a.Bond.LinkChanged(world.Now, port.Ifindex, port.Status);
                break;
            case Fault.MaxActive:
                Assert.Null(a.Set("lacp_max_active", $"{1 + which}"));
                break;
            case Fault.MinLinks:
                Assert.Null(a.Set("min_links", $"{1 + which}"));
                break;
        }
    }

    private static void Mend(World world, Station a, IReadOnlyList<Cable> cables)
    {
        foreach (var cable in cables)
        {
            (cable.DeafTo, cable.Loss, cable.Delay) = (null, 0, Clock.Millisecond);
            cable.Mend();
        }
        a.Bond.SetUp(world.Now, up: true);
        foreach (var port in a.Ports)
        {
            if (a.Bond.FindMember(port.Ifindex) is null)
                Assert.Null(a.Join(port));
            port.SpeedMbps = 10_000;
            a.Bond.LinkChanged(world.Now, port.Ifindex, port.Status);
            Assert.Null(a.Set(port, "drain", "off"));
        }
    }
}

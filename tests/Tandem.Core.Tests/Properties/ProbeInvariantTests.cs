using CsCheck;
using Tandem.Core.Tests.Brain.Probing;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>Invariants of a probed bond after any sequence of inputs.</summary>
public sealed class ProbeInvariantTests
{
    private enum Act
    {
        Silence,
        Mend,
        Cut,
        Repair,
        Wait,
        Stall,
        Jump,
        Die,
        Live,
        Succeed,
        BondDown,
        BondUp,
        NoRoutes,
        Elsewhere,
        Routes,
        Validate,
        Interval,
        Targets,
        AllTargets,
        Leave,
        Join,
        Refuse,
        Take,
        Choose,
    }

    private static readonly string[] Modes = ["active-backup", "balance-rr", "balance-xor", "broadcast"];

    private static readonly Gen<(string Mode, (Act Act, int Which, int Amount)[] Steps)> Scripts = Gen.Select(
        Gen.Int[0, 3].Select(number => Modes[number]),
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 2], Gen.Int[0, 1500]).Array[1, 50]
    );

    [Fact]
    public void When_the_faults_stop_every_link_is_up_again_and_deadlines_lie_ahead() =>
        Gen.Select(Scripts, OddClocks.Frequencies)
            .Sample(
                (script, frequency) =>
                {
                    var bench = new Bench(script.Mode, frequency);
                    foreach (var step in script.Steps)
                    {
                        bench.Play(step.Act, step.Which, step.Amount);
                        bench.World.Run(1);
                        Assert.True(bench.A.Bond.NextDeadline > bench.World.Now, "nothing is overdue");
                    }
                    bench.Heal();
                    bench.World.Run(3000);
                    Assert.True(bench.A.Carrier);
                    Assert.All(bench.A.Bond.Members, member => Assert.Equal(LinkState.Up, member.State));
                    var failures = bench.A.Bond.Members.Select(member => member.LinkFailures).ToList();
                    bench.World.Run(5000);
                    bench.A.Stall(5000);
                    bench.World.Run(1000);
                    Assert.Equal(failures, bench.A.Bond.Members.Select(member => member.LinkFailures));
                    // The members are up because frames come back. Their carriers stay.
                    for (var port = 0; port < bench.A.Ports.Count; port++)
                        bench.Play(Act.Silence, port, 0);
                    bench.World.Run(3000);
                    Assert.False(bench.A.Carrier);
                    // A single working member is enough.
                    var mended = script.Steps[0].Which;
                    bench.Play(Act.Mend, mended, 0);
                    bench.World.Run(3000);
                    Assert.Equal([bench.A.Member(mended)], bench.A.Bond.Members.Where(member => member.State == LinkState.Up));
                },
                iter: 500
            );

    private sealed class Bench : ProbedHost
    {
        public Bench(string mode, long frequency)
            : base(ports: 3, frequency) => Start(mode, "arp_validate", "all");

        public new World World => base.World;

        public new Station A => base.A;

        public void Play(Act act, int which, int amount)
        {
            switch (act)
            {
                case Act.Silence:
                    Lan.Silence(which);
                    break;
                case Act.Mend:
                    Lan.Mend(which);
                    break;
                case Act.Cut:
                    Lan.Cables[which].Cut();
                    break;
                case Act.Repair:
                    Lan.Cables[which].Mend();
                    break;
                case Act.Wait:
                    World.Run(amount);
                    break;
                case Act.Stall:
                    A.Stall(amount);
                    break;
                case Act.Jump:
                    World.Jump(amount * 1000.0);
                    break;
                case Act.Die or Act.Live:
                    Host.IsAlive = act == Act.Live;
                    break;
                case Act.Succeed:
                    A.Succeed(amount);
                    break;
                case Act.BondDown or Act.BondUp:
                    A.Bond.SetUp(World.Now, act == Act.BondUp);
                    break;
                case Act.NoRoutes or Act.Elsewhere or Act.Routes:
                    A.StackOf =
                        act == Act.NoRoutes ? Stacks.WithoutRoutes
                        : act == Act.Elsewhere ? Stacks.Elsewhere
                        : targets => Stacks.OnBond(targets);
                    A.TellStack();
                    break;
                case Act.Validate:
                    A.Set("arp_validate", $"{amount % 7}");
                    break;
                case Act.Interval:
                    A.Set("arp_interval", amount % 3 == 0 ? "0" : $"{1 + (amount % 300)}");
                    break;
                case Act.Targets:
                    A.Set(
                        "arp_ip_target",
                        amount % 3 == 0 ? ""
                            : amount % 3 == 1 ? Target
                            : $"{Target},{OtherTarget}"
                    );
                    A.Set("ns_ip6_target", amount % 2 == 0 ? "" : Target6);
                    break;
                case Act.AllTargets:
                    A.Set("arp_all_targets", $"{amount % 2}");
                    break;
                case Act.Leave:
                    A.Leave(A.Ports[which]);
                    break;
                case Act.Join:
                    A.Join(A.Ports[which]);
                    break;
                case Act.Refuse or Act.Take:
                    A.RefusesFrames = act == Act.Refuse;
                    break;
                default:
                    A.Set("active_slave", $"eth{which}");
                    break;
            }
        }

        public void Heal()
        {
            foreach (var cable in Lan.Cables)
            {
                cable.Loss = 0;
                cable.Mend();
            }
            Host.IsAlive = true;
            A.RefusesFrames = false;
            A.StackOf = targets => Stacks.OnBond(targets);
            A.Set("arp_ip_target", Target, "ns_ip6_target", "", "arp_all_targets", "any", "arp_validate", "all", "arp_interval", "100");
            foreach (var port in A.Ports)
                A.Join(port);
            A.Bond.SetUp(World.Now, up: true);
            A.TellStack();
        }
    }
}

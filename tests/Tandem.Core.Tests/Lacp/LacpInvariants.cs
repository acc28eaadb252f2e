using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The invariants I1 to I9 of the catalogue.</summary>
internal static class LacpInvariants
{
    public static void Check(LacpBench bench) => Check(bench.Bond, bench.Now);

    public static void Check(Bond bond, long now)
    {
        var lacp = bond.Lacp!;
        LagId? attached = null;
        foreach (var port in lacp.Ports)
        {
            var state = port.Actor.State;
            var isDistributing = state.Has(LacpState.Distributing);
            // I1
            if (isDistributing)
                Assert.True(state.Has(LacpState.Collecting));
            if (state.Has(LacpState.Collecting))
                Assert.True(state.Has(LacpState.Synchronization) && port.Selected == Selection.Selected);
            if (state.Has(LacpState.Synchronization))
                Assert.Equal(Selection.Selected, port.Selected);
            // I2
            if (isDistributing)
                Assert.True(port.IsEnabled && port.Partner.State.Has(LacpState.Synchronization));
            // I4
            if (port.Mux is MuxState.Attached or MuxState.Collecting or MuxState.Distributing)
            {
                Assert.Equal(attached ??= port.Lag, port.Lag);
                Assert.True(port.Aggregator is { IsActive: true });
            }
            // The plan agrees with the state machines.
            Assert.Equal(port.IsDistributing && port.Member.CanTransmit, bond.Plan.Transmit.Contains((byte)port.Member.Slot));
            Assert.Equal(port.IsCollecting || bond.Options.AllMembersActive, bond.Plan.Delivers(port.Member.Slot));
            // I7
            Assert.True(port.CurrentWhile == Clock.Never || port.Receive is ReceiveState.Current or ReceiveState.Expired);
            Assert.True(port.IsEnabled || port is { PeriodicTimer: Clock.Never, ActorChurnTimer: Clock.Never });
            // I9: the default partner is unknown; only its rate may differ.
            if (port.IsDefaulted)
                Assert.Equal(default, port.Partner with { State = port.Partner.State & ~LacpState.ShortTimeout });
            Assert.True(port.Transitions.Recent.Count() <= TransitionLog.Capacity);
        }
        // I6: the carrier is never up when it should be down. It comes up late only after repeated losses.
        var carrying = bond.Members.Count(member => member.CanTransmit);
        if (bond.Options[Core.Lacp.LacpOptions.Strict].Number != 0)
            Assert.Equal(
                carrying >= Math.Max(1, bond.Options.MinLinks) || (carrying > 0 && lacp.FallbackPort is not null),
                bond.HasCarrier || bond.IsCarrierHeldBack
            );
        Assert.True(bond.NextDeadline > now - (60 * Clock.Second));
        Assert.Equal(lacp.Ports.Count, bond.Members.Count);
    }
}

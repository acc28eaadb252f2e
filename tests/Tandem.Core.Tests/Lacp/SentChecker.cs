using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The invariants I3 and I5 of the catalogue: LACPDUs announce the true state, and are limited in number.</summary>
internal sealed class SentChecker(Func<Bond> bond, Func<long> now)
{
    // A drained port may add two LACPDUs to the three of any second.
    private const int MostOfDrained = 5;
    private const int Most = 3;

    private const LacpState Gone = LacpState.Synchronization | LacpState.Collecting | LacpState.Distributing | LacpState.Defaulted;

    private readonly Dictionary<LacpPort, List<long>> _usual = [];
    private readonly Dictionary<LacpPort, List<long>> _ofDrained = [];

    /// <summary>Checks all that a station sends from now on.</summary>
    public static void Watch(Station station, World world) =>
        station.ControlSent = new SentChecker(() => station.Bond, () => world.Now).Check;

    public void Check(int slot, byte[] frame)
    {
        Assert.Equal(SlowProtocols.FrameLength, frame.Length);
        if (frame[14] != SlowProtocols.Lacp)
            return;
        Assert.Equal(FrameDefect.None, Lacpdu.Read(frame.AsSpan(14), out var pdu, out var oddities));
        Assert.Equal(LacpduOddities.None, oddities);
        // A farewell is sent when the member has already left the bond.
        if (bond().Members.FirstOrDefault(member => member.Slot == slot)?.Lacp is not { } port)
            return;
        // A farewell is sent whatever was sent before, so it may repeat the present state.
        if (pdu.Actor != port.Actor || !bond().IsUp)
        {
            Assert.Equal(port.Actor with { State = port.Actor.State & ~Gone }, pdu.Actor with { State = pdu.Actor.State & ~Gone });
            Assert.False(pdu.Actor.State.Has(LacpState.Synchronization));
            return;
        }
        Assert.Equal(port.Partner, pdu.Partner);
        if (port.Drain.IsRequested && !pdu.Actor.State.Has(LacpState.Synchronization))
            Count(_ofDrained, port, MostOfDrained);
        else
            Count(_usual, port, Most);
    }

    private void Count(Dictionary<LacpPort, List<long>> sent, LacpPort port, int most)
    {
        if (!sent.TryGetValue(port, out var times))
            sent[port] = times = [];
        times.RemoveAll(time => time <= now() - Clock.Second);
        times.Add(now());
        Assert.True(times.Count <= most, $"{times.Count} LACPDUs of {port.Member.Name} within a second");
    }
}

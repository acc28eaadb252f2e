using System.Runtime.InteropServices;
using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

/// <summary>
/// The transmit machine (802.1AX-2014, 6.4.16): sends what is to be told, at most three LACPDUs in any second; what comes
/// together is told together, with what holds at the moment of sending.
/// </summary>
internal static class TransmitMachine
{
    private const long RetryTime = 100 * Clock.Millisecond;

    /// <summary>Whether the port sends LACPDUs at all.</summary>
    public static bool MayTransmit(LacpSystem system, LacpPort port) =>
        port.IsEnabled && port.IsLacpEnabled && (system.Settings.IsActive || port.Partner.State.Has(LacpState.Activity));

    /// <summary>Sends if there is something to tell and the limit allows it.</summary>
    public static void Step(LacpSystem system, LacpPort port)
    {
        if (port.OwedFarewell is { } partner)
        {
            port.OwedFarewell = null;
            if (port.IsEnabled)
                SendFarewell(system, port, partner);
        }
        if (!MayTransmit(system, port))
        {
            port.NeedToTransmit = false;
            port.Drain.ForgetFarewells();
            return;
        }
        if (port.Drain.TakeFarewell(system.Now))
            Send(system, port);
        else if (port.NeedToTransmit && port.Window.OpensAt <= system.Now)
            Send(system, port);
    }

    /// <summary>Says good-bye, whatever was said before in this second: neither in sync nor collecting nor distributing.</summary>
    public static void SendFarewell(LacpSystem system, LacpPort port)
    {
        if (MayTransmit(system, port))
            SendFarewell(system, port, port.Partner);
    }

    // What is said does not hold for long: it is not what the data path may repeat.
    private static void SendFarewell(LacpSystem system, LacpPort port, in PortInfo partner)
    {
        const LacpState Gone = LacpState.Synchronization | LacpState.Collecting | LacpState.Distributing;
        var actor = port.Actor;
        Span<byte> frame = stackalloc byte[SlowProtocols.FrameLength];
        var isAssumed = port.IsDefaulted && partner.System == port.Partner.System;
        var state = (actor.State & ~Gone).With(LacpState.Defaulted, isAssumed);
        Lacpdu.Write(frame, port.Member.PermanentAddress, actor with { State = state }, partner);
        system.KeepAnswer(port, [], Clock.Never);
        Pass(system, port, frame);
    }

    private static void Send(LacpSystem system, LacpPort port)
    {
        Span<byte> frame = stackalloc byte[SlowProtocols.FrameLength];
        port.WriteLacpdu(frame);
        if (!Pass(system, port, frame))
        {
            port.Window.HoldUntil(system.Now + RetryTime);
            return;
        }
        port.NeedToTransmit = false;
        KeepAnswer(system, port, frame);
    }

    // The data path may say it again for a port that carries traffic, when the next one is overdue by a third: early enough for a partner that
    // gives up after three.
    private static void KeepAnswer(LacpSystem system, LacpPort port, ReadOnlySpan<byte> frame)
    {
        var period = port.Periodic == PeriodicState.Slow ? PeriodicMachine.SlowPeriodicTime : PeriodicMachine.FastPeriodicTime;
        if (port.Mux.Collects())
            system.KeepAnswer(port, frame, system.Now + period + (period / 3));
        else
            system.KeepAnswer(port, [], Clock.Never);
    }

    private static bool Pass(LacpSystem system, LacpPort port, ReadOnlySpan<byte> frame)
    {
        if (!system.Send(port, frame))
        {
            port.Counters.Add(LacpCounter.SendFailed);
            return false;
        }
        port.Window.Take(system.Now);
        port.Counters.Add(LacpCounter.LacpduSent);
        port.KeepSent(frame);
        return true;
    }
}

/// <summary>When the next LACPDU may be sent: three in any second, and none for a while after one that could not be.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TransmitWindow
{
    private const int Most = 3;

    private RateLimit _limit = new(Most);
    private long _held;

    public TransmitWindow() { }

    /// <summary>When the next one may be sent.</summary>
    public readonly long OpensAt => Math.Max(_held, _limit.OpensAt);

    /// <summary>Counts one.</summary>
    public void Take(long now)
    {
        _limit.Count(now);
        _held = long.MinValue;
    }

    /// <summary>Lets none be sent before a time.</summary>
    public void HoldUntil(long time) => _held = time;
}

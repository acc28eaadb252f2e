using System.Runtime.InteropServices;
using Tandem.Core.Pacing;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>
/// The transmit machine (802.1AX-2014, 6.4.16): sends LACPDUs when needed, at most three per sliding second. Several causes share one
/// LACPDU, which carries the state at the moment of sending.
/// </summary>
internal static class TransmitMachine
{
    private const long RetryTime = 100 * Clock.Millisecond;

    /// <summary>Whether the port sends LACPDUs at all.</summary>
    public static bool MayTransmit(LacpSystem system, LacpPort port) =>
        port.IsEnabled && port.IsLacpEnabled && (system.Settings.IsActive || port.Partner.State.Has(LacpState.Activity));

    /// <summary>Sends an LACPDU if one is needed and the limit allows it.</summary>
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

    /// <summary>Sends a farewell, regardless of the limit: an LACPDU that is neither in sync, collecting nor distributing.</summary>
    public static void SendFarewell(LacpSystem system, LacpPort port)
    {
        if (MayTransmit(system, port))
            SendFarewell(system, port, port.Partner);
    }

    // A farewell does not hold for long, so the data path must not repeat it.
    private static void SendFarewell(LacpSystem system, LacpPort port, in PortInfo partner)
    {
        const LacpState Gone = LacpState.Synchronization | LacpState.Collecting | LacpState.Distributing;
        var actor = port.Actor;
        Span<byte> frame = stackalloc byte[SlowProtocols.FrameLength];
        var isAssumed = port.IsDefaulted && partner.System == port.Partner.System;
        var state = (actor.State & ~Gone).With(LacpState.Defaulted, isAssumed);
        Lacpdu.Write(frame, port.Member.PermanentAddress, actor with { State = state }, partner);
        system.StoreLacpdu(port, [], Clock.Never);
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
        StoreLacpdu(system, port, frame);
    }

    // While a port carries traffic, the data path may repeat the last LACPDU when the next one is overdue by a third of the period. That
    // is early enough for a partner that waits three periods.
    private static void StoreLacpdu(LacpSystem system, LacpPort port, ReadOnlySpan<byte> frame)
    {
        var period = port.Periodic == PeriodicState.Slow ? PeriodicMachine.SlowPeriodicTime : PeriodicMachine.FastPeriodicTime;
        if (port.Mux.Collects())
            system.StoreLacpdu(port, frame, system.Now + period + (period / 3));
        else
            system.StoreLacpdu(port, [], Clock.Never);
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

/// <summary>Limits the LACPDUs of a port to three per sliding second, and delays the next try after one that could not be sent.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TransmitWindow
{
    private const int Most = 3;

    private RateLimit _limit = new(Most);
    private long _held;

    public TransmitWindow() { }

    /// <summary>Earliest time of the next LACPDU.</summary>
    public readonly long OpensAt => Math.Max(_held, _limit.OpensAt);

    /// <summary>Counts an LACPDU that was sent.</summary>
    public void Take(long now)
    {
        _limit.Count(now);
        _held = long.MinValue;
    }

    /// <summary>Forbids sending before a time.</summary>
    public void HoldUntil(long time) => _held = time;
}

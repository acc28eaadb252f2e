namespace Tandem.Core.Lacp;

/// <summary>The receive machine (802.1AX-2020, 6.4.12): records the partner's information and expires it.</summary>
internal static class ReceiveMachine
{
    private const long ExpiredTime = 3 * Clock.Second;

    /// <summary>Makes one transition that needs no LACPDU; false if there is none.</summary>
    public static bool Step(LacpSystem system, LacpPort port)
    {
        if (port.Begin)
        {
            port.Begin = false;
            return Initialize(system, port, "the port begins");
        }
        if (!port.IsEnabled && !port.HasMoved && port.Receive != ReceiveState.PortDisabled)
            return Disable(port, "the link is down");
        var isOver = port.CurrentWhile <= system.TimerTime;
        switch (port.Receive)
        {
            case ReceiveState.Initialize:
                return Disable(port, "initialized");
            case ReceiveState.PortDisabled when port.HasMoved:
                return Initialize(system, port, "its partner was heard on another port");
            case ReceiveState.PortDisabled when port.IsEnabled && port.IsLacpEnabled:
                return Expire(system, port, "the link is up");
            case ReceiveState.PortDisabled when port.IsEnabled:
                return SwitchOff(system, port);
            case ReceiveState.LacpDisabled when port.IsLacpEnabled:
                return Disable(port, "the link is no longer half duplex");
            case ReceiveState.Expired or ReceiveState.Defaulted or ReceiveState.Current when !port.IsLacpEnabled:
                return SwitchOff(system, port);
            case ReceiveState.Expired when isOver:
                return Default(system, port, "still nothing heard from the partner");
            case ReceiveState.Current when isOver:
                return Expire(system, port, "nothing heard from the partner in time");
            default:
                return false;
        }
    }

    /// <summary>Accepts an LACPDU: the entry into CURRENT.</summary>
    public static void Accept(LacpSystem system, LacpPort port, in Lacpdu pdu)
    {
        if (port.Receive is not (ReceiveState.Expired or ReceiveState.Defaulted or ReceiveState.Current))
            return;
        // Compares with the partner's earlier information, so it must come before Record.
        if (port.Selected != Selection.Unselected && !pdu.Actor.IsSamePort(port.Partner))
            port.Select(Selection.Unselected, "the partner changed, or its description of itself");
        if (!KnowsUs(port, pdu.Partner))
            port.NeedToTransmit = true;
        Record(system, port, pdu);
        port.RetryCount = pdu.RetryCount;
        port.CurrentWhile = system.Now + Timeout(system, port);
        port.ProbeEnds = Clock.Never;
        if (port.Receive != ReceiveState.Current)
            port.Enter(ReceiveState.Current, "an LACPDU came");
    }

    /// <summary>
    /// Takes over the partner's information from the previous service. Enters CURRENT without an LACPDU, or PORT_DISABLED if the partner
    /// is only remembered.
    /// </summary>
    public static void TakeOver(LacpSystem system, LacpPort port, LacpMemory memory)
    {
        port.Partner = memory.Partner;
        port.IsDefaulted = false;
        if (!memory.IsHeard || !port.IsEnabled)
        {
            LoseSync(port);
            port.Enter(ReceiveState.PortDisabled, "taken over from the previous service");
            return;
        }
        port.RetryCount = memory.RetryCount;
        port.CurrentWhile = system.Now + Timeout(system, port);
        port.Enter(ReceiveState.Current, "taken over from the previous service");
    }

    // Short_Timeout_Time or Long_Timeout_Time: the retry count times the period that we asked for.
    private static long Timeout(LacpSystem system, LacpPort port) =>
        (system.Settings.ShortTimeout ? PeriodicMachine.FastPeriodicTime : PeriodicMachine.SlowPeriodicTime) * port.RetryCount;

    /// <summary>Makes the port forget its partner.</summary>
    private static bool Initialize(LacpSystem system, LacpPort port, string reason)
    {
        port.Select(Selection.Unselected, reason);
        RecordDefault(system, port, isProbed: false);
        port.HasMoved = false;
        port.Enter(ReceiveState.Initialize, reason);
        return true;
    }

    // Keeps the partner's identity, so that the link is used at once when it comes back.
    private static bool Disable(LacpPort port, string reason)
    {
        LoseSync(port);
        port.CurrentWhile = port.ProbeEnds = Clock.Never;
        // Observations on the lost link do not apply to the link that comes up next.
        port.UnseenSince = port.HeardOnThisLink = Clock.Never;
        port.LateInARow = 0;
        port.Enter(ReceiveState.PortDisabled, reason);
        return true;
    }

    private static bool Expire(LacpSystem system, LacpPort port, string reason)
    {
        LoseSync(port);
        port.Partner = port.Partner with { State = port.Partner.State | LacpState.ShortTimeout };
        port.CurrentWhile = system.Now + ExpiredTime;
        port.RetryCount = Lacpdu.DefaultRetryCount;
        // 802.1AX-2014/Cor 1: tell the partner at once that its information expired.
        port.NeedToTransmit = true;
        port.Enter(ReceiveState.Expired, reason);
        return true;
    }

    private static bool Default(LacpSystem system, LacpPort port, string reason)
    {
        port.Select(Selection.Unselected, reason);
        RecordDefault(system, port, isProbed: true);
        port.CurrentWhile = Clock.Never;
        port.Enter(ReceiveState.Defaulted, reason);
        return true;
    }

    private static bool SwitchOff(LacpSystem system, LacpPort port)
    {
        port.Select(Selection.Unselected, "half duplex");
        RecordDefault(system, port, isProbed: false);
        port.CurrentWhile = Clock.Never;
        port.Enter(ReceiveState.LacpDisabled, "half duplex");
        return true;
    }

    // Partner_Oper becomes Partner_Admin: no system, individual, passive. Cor 1 leaves the defaults to management: with lacp_probe they
    // have the short timeout for a while, so that we send each second and find a partner that comes back within a second.
    private static void RecordDefault(LacpSystem system, LacpPort port, bool isProbed)
    {
        var probe = isProbed && system.Settings.ProbeFor > 0;
        port.Partner = default(PortInfo) with { State = probe ? LacpState.ShortTimeout : LacpState.None };
        port.ProbeEnds = probe ? system.Now + system.Settings.ProbeFor : Clock.Never;
        port.IsDefaulted = true;
        port.PartnerVersion = 0;
        port.UnseenSince = Clock.Never;
        port.RetryCount = Lacpdu.DefaultRetryCount;
    }

    private static void Record(LacpSystem system, LacpPort port, in Lacpdu pdu)
    {
        var isMatched = pdu.Partner.IsSamePort(port.Actor);
        var isMaintained =
            pdu.Actor.State.Has(LacpState.Activity) || (system.Settings.IsActive && pdu.Partner.State.Has(LacpState.Activity));
        var inSync = (isMatched || !pdu.Actor.IsAggregatable) && pdu.Actor.State.Has(LacpState.Synchronization) && isMaintained;
        var before = port.Partner;
        var wasDefaulted = port.IsDefaulted;
        port.Partner = pdu.Actor with { State = pdu.Actor.State.With(LacpState.Synchronization, inSync) };
        port.IsDefaulted = false;
        port.PartnerVersion = pdu.Version;
        port.PartnerCollectorDelay = pdu.CollectorMaxDelay;
        if (before.State.Has(LacpState.Synchronization) != inSync)
        {
            port.Counters.Add(LacpCounter.SyncChanges);
            // Hot standby follows the partner's sync bits.
            system.SelectionIsDue |= system.Settings.MaxActive > 0;
        }
        // Also for ports that are not selected: they may fit the group now.
        system.SelectionIsDue |= wasDefaulted || !before.IsSamePort(port.Partner);
        if (before.System != port.Partner.System || before.Port != port.Partner.Port || wasDefaulted)
        {
            port.Counters.Add(LacpCounter.PartnerChanges);
            DetectMove(system, port);
        }
        system.Watch.Heard(port, isMatched, pdu);
    }

    private static void LoseSync(LacpPort port)
    {
        if (!port.Partner.State.Has(LacpState.Synchronization))
            return;
        port.Counters.Add(LacpCounter.SyncChanges);
        port.Partner = port.Partner with { State = port.Partner.State & ~LacpState.Synchronization };
    }

    // update_NTT does not compare the bits collecting, distributing, defaulted and expired.
    private static bool KnowsUs(LacpPort port, in PortInfo view)
    {
        const LacpState Compared = LacpState.Activity | LacpState.ShortTimeout | LacpState.Synchronization | LacpState.Aggregation;
        var actor = port.Actor;
        return view.IsSamePort(actor) && (view.State & Compared) == (actor.State & Compared);
    }

    // A cable was moved to another port: the old port gives up its place in the group.
    private static void DetectMove(LacpSystem system, LacpPort port)
    {
        foreach (var other in system.PortList)
        {
            if (
                other != port
                && other is { Receive: ReceiveState.PortDisabled, IsDefaulted: false, IsEnabled: false }
                && other.Partner.System == port.Partner.System
                && other.Partner.Port == port.Partner.Port
            )
                other.HasMoved = true;
        }
    }
}

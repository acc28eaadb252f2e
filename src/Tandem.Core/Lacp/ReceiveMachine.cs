namespace Tandem.Core.Lacp;

/// <summary>The receive machine (802.1AX, 6.4.12): what is known of the partner, and how long it holds.</summary>
internal static class ReceiveMachine
{
    private const long ExpiredTime = 3 * Clock.Second;

    /// <summary>Makes one transition that no LACPDU causes; false if there is none.</summary>
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

    /// <summary>Takes in an LACPDU: the entry into CURRENT.</summary>
    public static void Accept(LacpSystem system, LacpPort port, in Lacpdu pdu)
    {
        if (port.Receive is not (ReceiveState.Expired or ReceiveState.Defaulted or ReceiveState.Current))
            return;
        // Before the partner is recorded: both compare with what was known until now.
        if (port.Selected != Selection.Unselected && !pdu.Actor.IsSamePort(port.Partner))
            port.Select(Selection.Unselected, "the partner is another, or describes itself otherwise");
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
    /// Takes in what an earlier process knew of the partner: the entry into CURRENT without an LACPDU; or into PORT_DISABLED, where it is
    /// remembered.
    /// </summary>
    public static void TakeOver(LacpSystem system, LacpPort port, LacpMemory memory)
    {
        port.Partner = memory.Partner;
        port.IsDefaulted = false;
        if (!memory.IsHeard || !port.IsEnabled)
        {
            LoseSync(port);
            port.Enter(ReceiveState.PortDisabled, "as before");
            return;
        }
        port.RetryCount = memory.RetryCount;
        port.CurrentWhile = system.Now + Timeout(system, port);
        port.Enter(ReceiveState.Current, "as before");
    }

    // Short_Timeout_Time or Long_Timeout_Time: so many periods of the rate that was asked for.
    private static long Timeout(LacpSystem system, LacpPort port) =>
        (system.Settings.ShortTimeout ? PeriodicMachine.FastPeriodicTime : PeriodicMachine.SlowPeriodicTime) * port.RetryCount;

    /// <summary>Makes a port forget its partner.</summary>
    private static bool Initialize(LacpSystem system, LacpPort port, string reason)
    {
        port.Select(Selection.Unselected, reason);
        RecordDefault(system, port, isProbed: false);
        port.HasMoved = false;
        port.Enter(ReceiveState.Initialize, reason);
        return true;
    }

    // The partner's identity is kept, so that the link can come back at once.
    private static bool Disable(LacpPort port, string reason)
    {
        LoseSync(port);
        port.CurrentWhile = port.ProbeEnds = Clock.Never;
        // What was observed on the link that is lost says nothing about the next one.
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
        // 802.1AX-2014/Cor 1: the partner hears at once that we lost it.
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

    // Partner_Oper becomes Partner_Admin: nobody, individual, passive. Asked for LACPDUs each second for a while, so that a partner that comes back
    // is found within one; Cor 1 leaves the assumption to management.
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
            // Who follows ranks by it.
            system.SelectionIsDue |= system.Settings.MaxActive > 0;
        }
        // Also of a port that is not selected: it may fit now.
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

    // update_NTT: collecting, distributing, defaulted and expired are not compared.
    private static bool KnowsUs(LacpPort port, in PortInfo view)
    {
        const LacpState Compared = LacpState.Activity | LacpState.ShortTimeout | LacpState.Synchronization | LacpState.Aggregation;
        var actor = port.Actor;
        return view.IsSamePort(actor) && (view.State & Compared) == (actor.State & Compared);
    }

    // A cable was moved: the port from which it was pulled need not keep its place.
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

using Tandem.Core.Bonds;

namespace Tandem.Core.Lacp;

/// <summary>
/// Detects and reports LACP problems: loops, two partners, a partner that does not recognise us, links that do not fit the group. Each
/// problem is reported once, or at limited rate.
/// </summary>
internal sealed class LacpWatch(LacpSystem system)
{
    private const long UnseenTime = 5 * Clock.Second;

    // A gap between two LACPDUs that shows a partner sending every 30 s although it was asked for one each second.
    private const long SlowGap = 20 * Clock.Second;

    // Links that are moved to another partner together hear it at slightly different times.
    private const long StrangerTime = Clock.Second;

    private long _strangerSince = Clock.Never;
    private bool _isStrangerTold;

    /// <summary>When <see cref="Grouped"/> may have something to report.</summary>
    public long NextDeadline => _strangerSince == Clock.Never || _isStrangerTold ? Clock.Never : _strangerSince + StrangerTime;

    /// <summary>Reports an LACPDU that carries our own system identifier.</summary>
    public void OwnSystem(LacpPort port, in Lacpdu pdu, MacAddress source)
    {
        var isOurs = false;
        LacpPort? sender = null;
        foreach (var other in system.PortList)
        {
            isOurs |= other.Member.PermanentAddress == source || other.Member.Address == source;
            if (other.Number == pdu.Actor.Port)
                sender = other;
        }
        if (isOurs && sender is not null && port.Alarms.Take(LacpAlarm.Loop, system.Now))
        {
            // A single such LACPDU does not end the use of a port with a partner: it may be forged.
            var isUsed = port.Receive == ReceiveState.Current;
            system.ReportAlways(
                EventKind.LacpLoop,
                port,
                (sender == port, isUsed) switch
                {
                    (true, false) => "hears its own LACPDUs: the link is looped; it is not used",
                    (true, true) => "hears its own LACPDUs: a loop, or somebody repeats them; it is used as long as its partner is heard",
                    (false, false) => $"hears the LACPDUs of {sender.Member.Name}: the two are joined by a cable or a loop; it is not used",
                    _ =>
                        $"hears the LACPDUs of {sender.Member.Name}: a loop, or somebody repeats them; it is used as long as its partner is heard",
                }
            );
        }
        else if (!isOurs && port.Alarms.Take(LacpAlarm.DuplicateSystem, system.Now))
            system.ReportAlways(
                EventKind.LacpLoop,
                port,
                $"another host uses our system {system.Id} (its port {pdu.Actor.Port}, sent from {source}); set ad_actor_system to an address of its own"
            );
    }

    /// <summary>Counts and reports an LACPDU of a partner that lacp_partner or lacp_hold_partner excludes.</summary>
    public void Foreign(LacpPort port, in Lacpdu pdu)
    {
        port.Counters.Add(LacpCounter.ForeignPartner);
        if (port.Alarms.Take(LacpAlarm.ForeignPartner, system.Now))
            system.ReportAlways(
                EventKind.LacpPartner,
                port,
                system.Settings.Pinned.IsZero
                    ? $"LACPDUs of {pdu.Actor.System} are ignored while {port.Partner.System} is heard (lacp_hold_partner)"
                    : $"LACPDUs of {pdu.Actor.System} are ignored: the partner is to be {system.Settings.Pinned} (lacp_partner)"
            );
    }

    /// <summary>Reports more LACPDUs than any partner has reason to send.</summary>
    public void Stormed(LacpPort port)
    {
        if (port.Alarms.Take(LacpAlarm.Storm, system.Now))
            system.ReportAlways(EventKind.LacpPartner, port, "more than 50 LACPDUs in a second: one each 20 ms is accepted, the latest");
    }

    /// <summary>Examines an LACPDU that was accepted and recorded.</summary>
    public void Heard(LacpPort port, bool isMatched, in Lacpdu pdu)
    {
        LookAtRate(port);
        port.LastHeard = system.Now;
        if (port.LingerEnds != Clock.Never && !pdu.Actor.State.Has(LacpState.Distributing))
            system.EndLinger(port);
        if (isMatched || !pdu.Actor.IsAggregatable)
        {
            port.UnseenSince = Clock.Never;
            return;
        }
        if (port.UnseenSince == Clock.Never)
            port.UnseenSince = system.Now;
        else if (system.Now - port.UnseenSince >= UnseenTime && port.Alarms.Take(LacpAlarm.Unseen, system.Now))
            system.ReportAlways(
                EventKind.LacpUnseen,
                port,
                pdu.Actor.State.Has(LacpState.Defaulted)
                    ? "the partner does not hear us: frames from here do not reach it"
                    : $"the partner takes us for port {pdu.Partner.Port} of {pdu.Partner.System} with key {pdu.Partner.Key}; we are port {port.Number} of {system.Id} with key {port.Key}"
            );
    }

    // A single long gap may be a partner that was away; two in a row show its rate.
    private void LookAtRate(LacpPort port)
    {
        var gap = port.HeardOnThisLink == Clock.Never ? 0 : system.Now - port.HeardOnThisLink;
        port.HeardOnThisLink = system.Now;
        var isLate = gap >= SlowGap && system.Settings.ShortTimeout && port.Receive is ReceiveState.Defaulted;
        port.LateInARow = isLate ? port.LateInARow + 1 : 0;
        if (port.LateInARow == 2)
            system.Report(
                EventKind.LacpPartner,
                port,
                $"the partner sends every {gap / Clock.Second} s although it is asked for an LACPDU each second (lacp_rate fast): the link expires in between"
            );
    }

    /// <summary>Reports a partner that has not brought the link into sync for a minute.</summary>
    public void Churned(LacpPort port) =>
        system.Report(
            EventKind.LacpChurn,
            port,
            port.IsDefaulted
                ? "no LACPDU arrived for a minute: is the other end set to LACP?"
                : "the partner keeps this link out of its group for a minute: hot standby there, another key, or another group?"
        );

    /// <summary>Examines the groups after they were formed.</summary>
    public void Grouped()
    {
        var active = system.Active;
        LacpPort? stranger = null;
        foreach (var port in system.PortList)
        {
            if (active is not { UsablePorts: > 0 } || port.Aggregator is null || port.Aggregator == active || !port.IsUsable)
            {
                port.ToldMismatch = false;
                continue;
            }
            if (port.Partner.System != active.Lag.Partner)
                stranger ??= port;
            else if (!port.ToldMismatch)
                Mismatch(port, active);
        }
        if (stranger is null)
            (_strangerSince, _isStrangerTold) = (Clock.Never, false);
        else if (_strangerSince == Clock.Never)
            _strangerSince = system.Now;
        else if (system.Now >= NextDeadline)
        {
            _isStrangerTold = true;
            system.Report(
                EventKind.LacpTwoPartners,
                stranger,
                $"leads to {stranger.Partner.System}, the active group to {active!.Lag.Partner}: one bond cannot use two partners; it is not used"
            );
        }
    }

    private void Mismatch(LacpPort port, Aggregator active)
    {
        port.ToldMismatch = true;
        system.Report(EventKind.LacpMismatch, port, LacpAdvice.Difference(port, active));
    }
}

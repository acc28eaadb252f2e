namespace Tandem.Core.Lacp;

/// <summary>
/// The mux machine (802.1AX-2020, 6.4.15) attaches a port to its group and opens and closes its collector and distributor: with
/// independent control, or with coupled control, where DISTRIBUTING stands for COLLECTING_DISTRIBUTING. A port whose link is lost stays
/// attached, and may have to wait to be restored.
/// </summary>
internal static class MuxMachine
{
    /// <summary>How long frames of the partner are still delivered after it was told that the port leaves the group.</summary>
    private const long LingerTime = 3 * Clock.Second;

    /// <summary>Makes one transition; false if there is none.</summary>
    public static bool Step(LacpSystem system, LacpPort port)
    {
        var isSelected = port.Selected == Selection.Selected;
        var inSync = port.Partner.State.Has(LacpState.Synchronization);
        var mayCollect = isSelected && inSync && port.IsEnabled;
        var mayDistribute =
            mayCollect && !port.Drain.IsRequested && (system.Settings.IsCoupled || port.Partner.State.Has(LacpState.Collecting));
        switch (port.Mux)
        {
            case MuxState.Detached when port.Selected != Selection.Unselected:
                port.WaitWhile = system.Settings.AggregateWait == 0 ? long.MinValue : system.Now + system.Settings.AggregateWait;
                return Enter(port, MuxState.Waiting, "selected");
            case MuxState.Waiting when port.Selected == Selection.Unselected:
                return Detach(port, "unselected");
            case MuxState.Waiting when isSelected && IsReady(system, port):
                port.NeedToTransmit = true;
                return Enter(port, MuxState.Attached, "selected, and the wait is over");
            case MuxState.Attached or MuxState.Restoring when port.Selected == Selection.Unselected:
                return Detach(port, "unselected");
            case MuxState.Attached when !isSelected:
                return Detach(port, "on standby");
            case MuxState.Attached when !port.IsEnabled && MustRestore(system.Settings):
                port.RestoreTimer = Clock.Never;
                return Enter(port, MuxState.Restoring, "the link was lost");
            case MuxState.Restoring:
                return Restore(system, port);
            case MuxState.Attached when mayDistribute && system.Settings.IsCoupled:
                return Tell(port, MuxState.Distributing, "the partner is in sync");
            case MuxState.Attached when mayCollect:
                return Tell(port, MuxState.Collecting, "the partner is in sync");
            case MuxState.Collecting when !mayCollect:
                Linger(system, port);
                return Tell(port, MuxState.Attached, WhyNotCollecting(port, isSelected));
            case MuxState.Collecting when mayDistribute:
                return Enter(port, MuxState.Distributing, "the partner collects");
            case MuxState.Distributing when !mayDistribute:
                return Tell(port, MuxState.Collecting, mayCollect ? WhyNotDistributing(port) : WhyNotCollecting(port, isSelected));
            default:
                return false;
        }
    }

    // Ready: the wait_while_timer of every port that waits for the same group has ended.
    private static bool IsReady(LacpSystem system, LacpPort port)
    {
        foreach (var other in system.PortList)
        {
            if (
                other is { Mux: MuxState.Waiting, Selected: Selection.Selected }
                && other.SelectedLag == port.SelectedLag
                && other.WaitWhile > system.TimerTime
            )
                return false;
        }
        return true;
    }

    private static bool MustRestore(LacpSettings settings) =>
        settings.WaitToRestore > 0 || (!settings.IsRevertive && settings.MaxActive == 0);

    // ATTACHED_WTR. A port does not wait where no other port carries traffic, since that would prolong the outage, nor where another port
    // failed meanwhile.
    private static bool Restore(LacpSystem system, LacpPort port)
    {
        if (!port.IsEnabled)
        {
            port.RestoreTimer = Clock.Never;
            port.RestorePeers = 0;
            return false;
        }
        var peers = system.CountDistributing();
        if (port.RestorePeers == 0)
        {
            port.RestorePeers = peers;
            port.RestoreTimer = system.Settings.IsRevertive ? system.Now + system.Settings.WaitToRestore : Clock.Never;
        }
        if (port.RestoreTimer > system.TimerTime && peers > 0 && peers >= port.RestorePeers)
            return false;
        var reason = port.RestoreTimer <= system.TimerTime ? "the link stayed up for the time to restore" : "the link is needed";
        port.RestoreTimer = Clock.Never;
        port.RestorePeers = 0;
        return Tell(port, MuxState.Attached, reason);
    }

    // A port that leaves on purpose still delivers what the partner sent before it knew.
    private static void Linger(LacpSystem system, LacpPort port)
    {
        if (port is { IsEnabled: true, Receive: ReceiveState.Current } && (port.Selected == Selection.Standby || port.Drain.IsRequested))
            port.LingerEnds = system.Now + LingerTime;
    }

    private static string WhyNotCollecting(LacpPort port, bool isSelected) =>
        !port.IsEnabled ? "the link is down"
        : !isSelected ? "no longer selected"
        : "the partner is not in sync";

    private static string WhyNotDistributing(LacpPort port) => port.Drain.IsRequested ? "it is drained" : "the partner does not collect";

    private static bool Detach(LacpPort port, string reason)
    {
        port.WaitWhile = port.RestoreTimer = Clock.Never;
        port.RestorePeers = 0;
        return Tell(port, MuxState.Detached, reason);
    }

    private static bool Tell(LacpPort port, MuxState state, string reason)
    {
        port.NeedToTransmit = true;
        return Enter(port, state, reason);
    }

    private static bool Enter(LacpPort port, MuxState state, string reason)
    {
        port.Enter(state, reason);
        return true;
    }
}

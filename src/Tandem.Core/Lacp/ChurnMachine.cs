namespace Tandem.Core.Lacp;

/// <summary>
/// The churn detection machines (802.1AX-2014, 6.4.17) raise an alarm for a port that is out of sync for 60 s: one machine for the actor,
/// one for the partner. They affect nothing else.
/// </summary>
internal static class ChurnMachine
{
    public const long ChurnDetectionTime = 60 * Clock.Second;

    /// <summary>Steps both churn machines of a port.</summary>
    public static void Step(LacpSystem system, LacpPort port)
    {
        var actor = port.ActorChurn;
        (port.ActorChurn, port.ActorChurnTimer) = Next(
            system,
            port,
            actor,
            port.ActorChurnTimer,
            port.Actor.State.Has(LacpState.Synchronization)
        );
        if (port.ActorChurn == ChurnState.Churn && actor != ChurnState.Churn)
            port.Counters.Add(LacpCounter.ActorChurn);

        var partner = port.PartnerChurn;
        (port.PartnerChurn, port.PartnerChurnTimer) = Next(
            system,
            port,
            partner,
            port.PartnerChurnTimer,
            port.Partner.State.Has(LacpState.Synchronization)
        );
        if (port.PartnerChurn == ChurnState.Churn && partner != ChurnState.Churn)
        {
            port.Counters.Add(LacpCounter.PartnerChurn);
            system.Watch.Churned(port);
        }
    }

    private static (ChurnState State, long Ends) Next(LacpSystem system, LacpPort port, ChurnState state, long timer, bool inSync)
    {
        if (!port.IsEnabled)
            return (ChurnState.Monitor, Clock.Never);
        if (inSync)
            return (ChurnState.NoChurn, Clock.Never);
        if (state == ChurnState.NoChurn || (state == ChurnState.Monitor && timer == Clock.Never))
            return (ChurnState.Monitor, system.Now + ChurnDetectionTime);
        return state == ChurnState.Monitor && timer <= system.TimerTime ? (ChurnState.Churn, Clock.Never) : (state, timer);
    }
}

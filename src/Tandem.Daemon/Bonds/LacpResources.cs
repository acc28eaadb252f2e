using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Core.Lacp;

namespace Tandem.Daemon.Bonds;

/// <summary>Describes the state of LACP: in the keys of <c>ip -d -j link</c>, and completely.</summary>
internal static class LacpResources
{
    /// <summary>The active aggregator in the keys of <c>ip</c>; null if there is none, or none of its links is up.</summary>
    public static JsonObject? AdInfo(LacpSystem? lacp) =>
        lacp?.Active is { EnabledPorts: > 0 } active
            ? new JsonObject
            {
                ["aggregator"] = active.Id,
                ["num_ports"] = active.EnabledPorts,
                ["actor_key"] = active.Lag.Key,
                ["partner_key"] = active.Lag.PartnerKey,
                ["partner_mac"] = active.Lag.Partner.Address.ToString(),
            }
            : null;

    /// <summary>A member's state in the keys of <c>ip</c>.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> MemberState(LacpPort port)
    {
        var (actor, partner) = (port.Actor.State, port.Partner.State);
        return
        [
            new("ad_aggregator_id", port.AggregatorId),
            new("ad_actor_oper_port_state", (int)actor),
            new("ad_actor_oper_port_state_str", Words(actor)),
            new("ad_partner_oper_port_state", (int)partner),
            new("ad_partner_oper_port_state_str", Words(partner)),
            new("churn_actor_state", Word(port.ActorChurn)),
            new("churn_partner_state", Word(port.PartnerChurn)),
        ];
    }

    /// <summary>A bond.</summary>
    public static LacpResource Of(LacpSystem lacp) =>
        new()
        {
            System = Of(lacp.Id),
            Active = lacp.Active is { } active ? Of(active) : null,
            FallbackMember = lacp.FallbackPort?.Member.Name,
        };

    /// <summary>A member.</summary>
    /// <param name="lacp">The bond's LACP.</param>
    /// <param name="port">The member's port.</param>
    /// <param name="excess">Number of control frames dropped before LACP.</param>
    /// <param name="utcOf">Converts monotonic ns to wall-clock time.</param>
    public static LacpMemberResource Of(LacpSystem lacp, LacpPort port, ulong excess, Func<long, DateTimeOffset> utcOf) =>
        new()
        {
            Aggregator = port.AggregatorId,
            IsCarrying = port.IsDistributing,
            WaitsFor = LacpAdvice.WhyIdle(lacp, port),
            Actor = Of(port.Actor, port.ActorChurn, port.Counters[LacpCounter.ActorChurn]),
            Partner = Of(port.Partner, port.PartnerChurn, port.Counters[LacpCounter.PartnerChurn]),
            LastHeard = port.LastHeard is { } heard ? utcOf(heard) : null,
            Receive = new LacpMachineResource(port.Receive.Name(), utcOf(port.ReceiveSince)),
            Mux = new LacpMachineResource(port.Mux.Name(), utcOf(port.MuxSince)),
            Selection = port.Selected.Name(),
            Periodic = port.Periodic.Name(),
            Drain = port.DrainPhase.Name(),
            Counters = CountersOf(port, excess),
            Transitions = [.. port.Transitions.Recent.Select(transition => Of(transition, utcOf))],
        };

    private static LacpAggregatorResource Of(Aggregator group) =>
        new()
        {
            Id = group.Id,
            Partner = Of(group.Lag.Partner),
            ActorKey = group.Lag.Key,
            PartnerKey = group.Lag.PartnerKey,
            IsIndividual = group.Lag.IsIndividual,
            Links = group.Ports,
            LinksUp = group.EnabledPorts,
            LinksUsable = group.UsablePorts,
            BandwidthMbps = group.BandwidthMbps,
        };

    private static LacpEndResource Of(in PortInfo end, ChurnState churn, ulong churnCount) =>
        new()
        {
            System = Of(end.System),
            Key = end.Key,
            PortPriority = end.PortPriority,
            Port = end.Port,
            State = (int)end.State,
            Activity = end.State.Has(LacpState.Activity) ? "active" : "passive",
            Timeout = end.State.Has(LacpState.ShortTimeout) ? "short" : "long",
            Aggregation = end.State.Has(LacpState.Aggregation) ? "aggregatable" : "individual",
            Synchronization = end.State.Has(LacpState.Synchronization) ? "in sync" : "out of sync",
            Collecting = end.State.Has(LacpState.Collecting),
            Distributing = end.State.Has(LacpState.Distributing),
            Defaulted = end.State.Has(LacpState.Defaulted),
            Expired = end.State.Has(LacpState.Expired),
            Churn = churn.Name(),
            ChurnCount = churnCount,
        };

    private static LacpSystemResource Of(SystemId system) => new(system.Priority, system.Address.ToString());

    private static LacpTransitionResource Of(in LacpTransition transition, Func<long, DateTimeOffset> utcOf) =>
        new(utcOf(transition.Time), transition.Machine.Name(), transition.FromName, transition.ToName, transition.Reason);

    // In the order of the table: dictionaries without removals keep the order of insertion.
    private static Dictionary<string, ulong> CountersOf(LacpPort port, ulong excess)
    {
        var counters = Enum.GetValues<LacpCounter>()
            .ToDictionary(counter => LacpCounters.Names[(int)counter], counter => port.Counters[counter]);
        counters.Add("excess", excess);
        return counters;
    }

    // The words of `ip`, which are not those of /proc/net/bonding.
    private static string Word(ChurnState state) =>
        state switch
        {
            ChurnState.NoChurn => "NO_CHURN",
            ChurnState.Churn => "CHURN",
            _ => "MONITOR",
        };

    private static JsonArray Words(LacpState state) => new([.. state.Words().Select(word => (JsonNode)JsonValue.Create(word))]);
}

using System.Globalization;
using System.Text;
using Tandem.Api;

namespace Tandem.Cli.Lacp;

/// <summary>LACP state of a bond as text.</summary>
internal static class LacpText
{
    private const int LabelWidth = 17;
    private const int ColumnWidth = 25;

    // Counters that are always shown; others are shown if they are not zero.
    private const string Received = "lacpdu_received";
    private const string Sent = "lacpdu_sent";

    /// <summary>Formats an 802.3ad bond and its members.</summary>
    public static string Format(BondResource bond)
    {
        var text = new StringBuilder();
        AppendBond(text, bond.Name, bond.Lacp!);
        foreach (var member in bond.Members)
        {
            if (member.Lacp is { } port)
                AppendMember(text, member.Name, port);
        }
        return text.ToString();
    }

    private static void AppendBond(StringBuilder text, string name, LacpResource lacp)
    {
        text.Append(CultureInfo.InvariantCulture, $"{name}: system {Name(lacp.System)}\n");
        if (lacp.Active is { } group)
        {
            var individual = group.IsIndividual ? ", may not be aggregated" : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"  group {group.Id}: partner {Name(group.Partner)}, key {group.ActorKey}, its key {group.PartnerKey}{individual}\n"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"  links {group.Links}: {group.LinksUp} up, {group.LinksUsable} usable, {group.BandwidthMbps} Mbit/s\n"
            );
        }
        else
            text.Append("  no group: no partner is known\n");
        if (lacp.FallbackMember is { } alone)
            text.Append(CultureInfo.InvariantCulture, $"  fallback: {alone} carries traffic alone\n");
    }

    private static void AppendMember(StringBuilder text, string name, LacpMemberResource port)
    {
        text.Append('\n').Append(name).Append(port.WaitsFor is { } reason ? $": carries no traffic: {reason}\n" : ": carries traffic\n");
        Line(text, "mux", $"{port.Mux.State} since {Time(port.Mux.Since)}");
        Line(text, "receive", $"{port.Receive.State} since {Time(port.Receive.Since)}");
        Line(text, "selection", string.Create(CultureInfo.InvariantCulture, $"{port.Selection}, group {port.Aggregator}"));
        if (port.Drain != "off")
            Line(text, "drain", port.Drain);
        AppendEnds(text, port.Actor, port.Partner);
        AppendCounters(text, port);
        AppendTransitions(text, port.Transitions);
    }

    private static void AppendEnds(StringBuilder text, LacpEndResource actor, LacpEndResource partner)
    {
        void Both(string label, Func<LacpEndResource, string> value) =>
            Line(text, label, value(actor).PadRight(ColumnWidth) + value(partner));

        Line(text, "", "actor".PadRight(ColumnWidth) + "partner");
        Both("system", end => Name(end.System));
        Both("port", end => string.Create(CultureInfo.InvariantCulture, $"{end.Port}, priority {end.PortPriority}"));
        Both("key", end => end.Key.ToString(CultureInfo.InvariantCulture));
        Both("activity", end => end.Activity);
        Both("timeout", end => end.Timeout);
        Both("aggregation", end => end.Aggregation);
        Both("synchronization", end => end.Synchronization);
        Both("collecting", end => Word(end.Collecting));
        Both("distributing", end => Word(end.Distributing));
        Both("defaulted", end => Word(end.Defaulted));
        Both("expired", end => Word(end.Expired));
        Both("churn", end => end.Churn);
    }

    private static void AppendCounters(StringBuilder text, LacpMemberResource port)
    {
        var last = port.LastHeard is { } heard ? $", the last {Time(heard)}" : "";
        var (received, sent) = (port.Counters.GetValueOrDefault(Received), port.Counters.GetValueOrDefault(Sent));
        Line(
            text,
            "LACPDUs",
            string.Create(CultureInfo.InvariantCulture, $"{received} received{last}; {sent} sent, periodic: {port.Periodic}")
        );
        foreach (var (name, count) in port.Counters)
        {
            if (count > 0 && name is not (Received or Sent))
                Line(text, name.Replace('_', ' '), count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void AppendTransitions(StringBuilder text, IReadOnlyList<LacpTransitionResource> transitions)
    {
        if (transitions.Count == 0)
            return;
        text.Append("  last transitions\n");
        foreach (var one in transitions)
            text.Append(CultureInfo.InvariantCulture, $"    {Time(one.Time)} {one.Machine}: {one.From} -> {one.To}: {one.Reason}\n");
    }

    private static string Name(LacpSystemResource system) =>
        string.Create(CultureInfo.InvariantCulture, $"{system.Priority},{system.Address}");

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Word(bool value) => value ? "yes" : "no";

    // The blank keeps a long label apart from its value.
    private static void Line(StringBuilder text, string label, string value) =>
        text.Append("  ").Append((label + " ").PadRight(LabelWidth)).Append(value).Append('\n');
}

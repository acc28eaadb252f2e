using System.Text.Json;

namespace Tandem.EndToEnd.Tests;

/// <summary>One end of a link, as either end's status command has it.</summary>
internal sealed record LacpEnd(int SystemPriority, string System, int Key, int PortPriority, int Port, int State)
{
    private const int Distributing = 0x20;

    // In sync, collecting and distributing.
    private const int InUse = 0x38;

    /// <summary>Whether this end uses the link.</summary>
    public bool IsInUse => (State & InUse) == InUse;

    /// <summary>
    /// The same end with the distributing bit. An end that becomes distributing after it collected does not announce that at once (802.1AX,
    /// figure 6-21): at the slow rate the other end may miss that bit for 30 s.
    /// </summary>
    public LacpEnd AsDistributing() => this with { State = State | Distributing };
}

/// <summary>A link as one end sees it.</summary>
internal sealed record LacpLink(LacpEnd Actor, LacpEnd Partner)
{
    /// <summary>The members of bond0 as <c>tandem lacp</c> has them.</summary>
    public static Dictionary<string, LacpLink> Of(Host host) =>
        MembersOf(host)
            .ToDictionary(
                member => member.Name,
                member => new LacpLink(EndOf(member.Lacp.GetProperty("actor")), EndOf(member.Lacp.GetProperty("partner")))
            );

    /// <summary>Counters of a member of bond0.</summary>
    public static int CounterOf(Host host, string member, string counter) =>
        MembersOf(host).First(other => other.Name == member).Lacp.GetProperty("counters").GetProperty(counter).GetInt32();

    /// <summary>When the last member's mux machine entered its state.</summary>
    public static DateTimeOffset MuxSince(Host host) =>
        MembersOf(host).Max(member => member.Lacp.GetProperty("mux").GetProperty("since").GetDateTimeOffset());

    /// <summary>
    /// Where two hosts disagree, or are not ready; null if both use all links, and each end's view of the other is correct.
    /// </summary>
    public static string? Disagreement(Host one, Host other, string rate)
    {
        var (ours, theirs) = (Of(one), Of(other));
        bool Same(LacpEnd end, LacpEnd seen) => end.IsInUse && end == (rate == "slow" ? seen.AsDistributing() : seen);
        var agree =
            ours.Keys.Order().SequenceEqual(theirs.Keys.Order())
            && ours.All(link => Same(link.Value.Actor, theirs[link.Key].Partner) && Same(theirs[link.Key].Actor, link.Value.Partner));
        return agree ? null : $"\n{string.Join("\n", ours)}\n{string.Join("\n", theirs)}";
    }

    private static IEnumerable<(string Name, JsonElement Lacp)> MembersOf(Host host) =>
        JsonDocument
            .Parse(host.Tandem("-j", "lacp", "bond0"))
            .RootElement.GetProperty("members")
            .EnumerateArray()
            .Select(member => (member.GetProperty("name").GetString()!, member.GetProperty("lacp")));

    private static LacpEnd EndOf(JsonElement end) =>
        new(
            end.GetProperty("system").GetProperty("priority").GetInt32(),
            end.GetProperty("system").GetProperty("address").GetString()!,
            end.GetProperty("key").GetInt32(),
            end.GetProperty("port_priority").GetInt32(),
            end.GetProperty("port").GetInt32(),
            end.GetProperty("state").GetInt32()
        );
}

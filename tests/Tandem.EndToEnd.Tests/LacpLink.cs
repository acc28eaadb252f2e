using System.Text.Json;

namespace Tandem.EndToEnd.Tests;

/// <summary>One end of a link, as either end's status command has it.</summary>
internal sealed record LacpEnd(int SystemPriority, string System, int Key, int PortPriority, int Port, int State)
{
    // In sync, collecting and distributing.
    private const int InUse = 0x38;

    /// <summary>Whether this end uses the link.</summary>
    public bool IsInUse => (State & InUse) == InUse;
}

/// <summary>A link as one end sees it.</summary>
internal sealed record LacpLink(LacpEnd Actor, LacpEnd Partner)
{
    /// <summary>The members of bond0 as <c>tandem lacp</c> has them.</summary>
    public static Dictionary<string, LacpLink> Of(Host host) =>
        JsonDocument
            .Parse(host.Tandem("-j", "lacp", "bond0"))
            .RootElement.GetProperty("members")
            .EnumerateArray()
            .ToDictionary(
                member => member.GetProperty("name").GetString()!,
                member => new LacpLink(
                    EndOf(member.GetProperty("lacp").GetProperty("actor")),
                    EndOf(member.GetProperty("lacp").GetProperty("partner"))
                )
            );

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

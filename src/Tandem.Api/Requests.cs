using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>Asks for a new bond.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateBondRequest
{
    /// <summary>The name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Options by name with their values as text: <c>"mode": "active-backup", "miimon": "100"</c>.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null for that of the first member.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes, 68 to 65535 (65521 for a TAP device); null for 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>Transmit queues, 1 to 4096, and as many receive queues; null for 16. A TAP device has one.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>True to bring the bond up at once.</summary>
    public bool? Up { get; init; }
}

/// <summary>Asks for changes of a bond, all or none of which are made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeBondRequest
{
    /// <summary>Options by name with their values as text. An empty value clears a list or an interface.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null leaves it.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes; null leaves it.</summary>
    public int? Mtu { get; init; }

    /// <summary>Up or down; null leaves it.</summary>
    public bool? Up { get; init; }
}

/// <summary>Asks for changes of a member's options (<c>type bond_slave</c>).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeMemberRequest
{
    /// <summary>Options by name with their values as text.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public required IReadOnlyDictionary<string, string> Options { get; init; }
}

/// <summary>Why a request was refused.</summary>
/// <param name="Kind">The class of reason: a name of <see cref="Core.Options.OptionErrorKind"/> in kebab-case, or <c>no-bond</c>, <c>exists</c>, <c>request</c>, <c>internal</c>.</param>
/// <param name="Message">What was asked, why it cannot be, what would be accepted.</param>
public sealed record ErrorMessage(string Kind, string Message);

/// <summary>Something that happened.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Kind">What: a name of <see cref="Core.EventKinds"/>.</param>
/// <param name="Level"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Bond">The bond's name.</param>
/// <param name="Member">The member's name; null if the event is the bond's.</param>
/// <param name="Reason">What happened and why, in words.</param>
public sealed record EventMessage(DateTimeOffset Time, string Kind, string Level, string Bond, string? Member, string Reason);

/// <summary>Who answers.</summary>
/// <param name="Version">The service's version.</param>
/// <param name="Bonds">How many bonds it runs.</param>
public sealed record ServiceInfo(string Version, int Bonds);

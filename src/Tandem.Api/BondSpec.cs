using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>
/// The complete desired state of a bond and its members. The same spec leads to the same bond, whatever state the bond had before.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BondSpec
{
    /// <summary>Options by name, with values as text; options left out get their defaults.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null for that of the first member, or the present one.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes, 68 to 65535 (65521 for a TAP device); null for the present one, or 1500 for a new bond.</summary>
    public int? Mtu { get; init; }

    /// <summary>Number of transmit queues of a new bond, 1 to 4096, with as many receive queues; null for 16. An existing bond keeps its
    /// number.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Administratively up or down; null for the present state, or down for a new bond.</summary>
    public bool? Up { get; init; }

    /// <summary>The members; those that are not members yet join in this order, and all others are released. Null leaves the members as
    /// they are.</summary>
    public IReadOnlyList<MemberSpec>? Members { get; init; }
}

/// <summary>The complete desired state of a member.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MemberSpec
{
    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>Options by name, with values as text; options left out get their defaults.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

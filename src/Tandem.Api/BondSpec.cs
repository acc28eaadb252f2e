using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>
/// What a user wants of a bond and its members, as a whole: the same spec always leads to the same bond, whatever it was like before.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BondSpec
{
    /// <summary>Options by name with their values as text; those that are not named get their defaults.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null leaves it to Tandem: that of the first member, or the one that the bond has.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes, 68 to 65535 (65521 for a TAP device); null leaves it, and is 1500 for a new bond.</summary>
    public int? Mtu { get; init; }

    /// <summary>Transmit queues, 1 to 4096, and as many receive queues, of a new bond; null for 16. One that is there keeps those that it has.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Up or down; null leaves it, and is down for a new bond.</summary>
    public bool? Up { get; init; }

    /// <summary>The members, in the order in which those that are none yet join. Others are released. Null leaves all as they are.</summary>
    public IReadOnlyList<MemberSpec>? Members { get; init; }
}

/// <summary>What a user wants of a member.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MemberSpec
{
    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>Options by name with their values as text; those that are not named get their defaults.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

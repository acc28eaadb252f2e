using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>Request to create a bond.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateBondRequest
{
    /// <summary>The name, at most 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>Options by name, with values as text: <c>"mode": "active-backup", "miimon": "100"</c>.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null for that of the first member.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes, 68 to 65535 (65521 for a TAP device); null for 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>Number of transmit queues, 1 to 4096, with as many receive queues; null for 16. A TAP device has one.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Whether to set the bond up at once.</summary>
    public bool? Up { get; init; }
}

/// <summary>Request to change a bond; all changes are made or none.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeBondRequest
{
    /// <summary>Options by name, with values as text. An empty value clears a list or an interface.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The MAC address; null for no change.</summary>
    public string? Address { get; init; }

    /// <summary>The MTU in bytes; null for no change.</summary>
    public int? Mtu { get; init; }

    /// <summary>Administratively up or down; null for no change.</summary>
    public bool? Up { get; init; }
}

/// <summary>Request to change a member's options (<c>type bond_slave</c>).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeMemberRequest
{
    /// <summary>Options by name, with values as text.</summary>
    [JsonConverter(typeof(OptionTextsConverter))]
    public required IReadOnlyDictionary<string, string> Options { get; init; }
}

/// <summary>Why a request was refused.</summary>
/// <param name="Kind">The kind: a name of <see cref="ErrorKinds.All"/>.</param>
/// <param name="Message">What was requested, why it is refused, what would be accepted.</param>
public sealed record ErrorMessage(string Kind, string Message);

/// <summary>An event.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Kind">The kind: a name of <see cref="Core.Bonds.EventKinds"/>.</param>
/// <param name="Level"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Bond">The bond's name.</param>
/// <param name="Member">The member's name; null if the event concerns the bond.</param>
/// <param name="Reason">What happened and why, as text.</param>
/// <param name="Netns">The bond's network namespace, as in <see cref="BondResource.Netns"/>.</param>
public sealed record EventMessage(
    DateTimeOffset Time,
    string Kind,
    string Level,
    string Bond,
    string? Member,
    string Reason,
    string? Netns = null
);

/// <summary>The service.</summary>
/// <param name="Version">The service's version.</param>
/// <param name="Bonds">Number of bonds.</param>
/// <param name="Netns">The caller's network namespace, by its name; null for the service's own.</param>
/// <param name="Rollback">What waits for confirmation; null if nothing does.</param>
public sealed record ServiceInfo(string Version, int Bonds, string? Netns = null, RollbackResource? Rollback = null);

using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;

namespace Tandem.Core.Explaining;

/// <summary>A value that the hash policy uses from the frame.</summary>
/// <param name="Name">Its name: <c>ports</c>.</param>
/// <param name="Value">Its value: <c>50000 > 443</c>.</param>
public sealed record FoundKey(string Name, string Value);

/// <summary>A step of the hash computation.</summary>
/// <param name="What">What is combined in this step.</param>
/// <param name="Hash">The hash after this step.</param>
public sealed record HashStep(string What, uint Hash);

/// <summary>Which member carries a frame by a plan, and why.</summary>
public sealed record Explanation
{
    /// <summary>The hash policy.</summary>
    public required HashPolicy Policy { get; init; }

    /// <summary>What the policy uses from the frame; empty if no hash is computed.</summary>
    public ImmutableArray<FoundKey> Keys { get; init; } = [];

    /// <summary>The steps of the hash computation; empty if no hash is computed.</summary>
    public ImmutableArray<HashStep> Steps { get; init; } = [];

    /// <summary>The hash; null if none is computed.</summary>
    public uint? Hash { get; init; }

    /// <summary>Number of members or buckets; the hash modulo this number picks one. Null if no hash is computed.</summary>
    public int? Modulus { get; init; }

    /// <summary>The frame's bucket; null if it is in none.</summary>
    public int? Bucket { get; init; }

    /// <summary>The member's slot; null if the frame alone does not decide it, or no member carries the frame.</summary>
    public int? Slot { get; init; }

    /// <summary>Slots of the members that carry the frame if that one fails, in order; empty if the plan names none.</summary>
    public ImmutableArray<byte> Standby { get; init; } = [];

    /// <summary>Whether the frame is balanced; null if the plan has no buckets (<see cref="TransmitRule.Buckets"/>).</summary>
    public bool? IsBalanced { get; init; }

    /// <summary>The frame's source address when it leaves, if the plan may change it; else null.</summary>
    public MacAddress? Source { get; init; }

    /// <summary>What decides, as text; null if the hash alone does.</summary>
    public string? Note { get; init; }

    /// <summary>The same explanation with one more note.</summary>
    public Explanation WithNote(string note) => this with { Note = Note is null ? note : $"{Note}; {note}" };
}

using System.Collections.Immutable;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Core.Explaining;

/// <summary>Something that the policy found in the frame.</summary>
/// <param name="Name">What it is: <c>ports</c>.</param>
/// <param name="Value">What it says: <c>50000 > 443</c>.</param>
public sealed record FoundKey(string Name, string Value);

/// <summary>A step of the hash.</summary>
/// <param name="What">What was done.</param>
/// <param name="Hash">The hash after it.</param>
public sealed record HashStep(string What, uint Hash);

/// <summary>Which member carries a frame, and how that came about.</summary>
public sealed record Explanation
{
    /// <summary>The bond's mode.</summary>
    public required BondMode Mode { get; init; }

    /// <summary>What the hash is made of.</summary>
    public required HashPolicy Policy { get; init; }

    /// <summary>Members that can carry frames.</summary>
    public required int Members { get; init; }

    /// <summary>What the policy found in the frame.</summary>
    public ImmutableArray<FoundKey> Keys { get; init; } = [];

    /// <summary>How the hash came about, step by step; empty if the mode does not hash.</summary>
    public ImmutableArray<HashStep> Steps { get; init; } = [];

    /// <summary>The hash; null if the mode does not hash.</summary>
    public uint? Hash { get; init; }

    /// <summary>The member's place among those that can carry frames, from 0; null if the frame alone does not decide it.</summary>
    public int? Member { get; init; }

    /// <summary>What else decides, in words; null if the hash alone does.</summary>
    public string? Note { get; init; }
}

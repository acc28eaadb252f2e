using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;

namespace Tandem.Core.Explaining;

/// <summary>Something that the policy found in the frame.</summary>
/// <param name="Name">What it is: <c>ports</c>.</param>
/// <param name="Value">What it says: <c>50000 > 443</c>.</param>
public sealed record FoundKey(string Name, string Value);

/// <summary>A step of the hash.</summary>
/// <param name="What">What was done.</param>
/// <param name="Hash">The hash after it.</param>
public sealed record HashStep(string What, uint Hash);

/// <summary>Which member carries a frame by a plan, and how that came about.</summary>
public sealed record Explanation
{
    /// <summary>What the hash is made of.</summary>
    public required HashPolicy Policy { get; init; }

    /// <summary>What the policy found in the frame; empty if no hash bears on it.</summary>
    public ImmutableArray<FoundKey> Keys { get; init; } = [];

    /// <summary>How the hash came about, step by step; empty if no hash bears on it.</summary>
    public ImmutableArray<HashStep> Steps { get; init; } = [];

    /// <summary>The hash; null if none bears on it.</summary>
    public uint? Hash { get; init; }

    /// <summary>What the hash is divided by, and its remainder taken of: members or buckets; null if there is no hash.</summary>
    public int? Modulus { get; init; }

    /// <summary>The bucket of the frame; null if it is in none.</summary>
    public int? Bucket { get; init; }

    /// <summary>The slot of the member; null if the frame alone does not decide it, or nobody carries it.</summary>
    public int? Slot { get; init; }

    /// <summary>The slots of members that carry the frame if that one fails, in order; empty where no order is told.</summary>
    public ImmutableArray<byte> Standby { get; init; } = [];

    /// <summary>Whether the frame is balanced; null if the plan has no buckets (<see cref="TransmitRule.Buckets"/>).</summary>
    public bool? IsBalanced { get; init; }

    /// <summary>The source address with which it leaves, where the plan may change it; else null.</summary>
    public MacAddress? Source { get; init; }

    /// <summary>What decides, in words; null if the hash alone does.</summary>
    public string? Note { get; init; }
}

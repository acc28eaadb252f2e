using System.Runtime.InteropServices;

namespace Tandem.Core.Monitoring;

/// <summary>The verdict on a member's link by the evidence of probes.</summary>
internal enum ProbeVerdict : byte
{
    /// <summary>What it is.</summary>
    Stay,

    /// <summary>It is up.</summary>
    Up,

    /// <summary>It is down.</summary>
    Down,

    /// <summary>It was tried, and did not prove itself.</summary>
    Failed,
}

/// <summary>The evidence about one member at the moment of judging.</summary>
/// <param name="State">Its state.</param>
/// <param name="IsActive">It is the active one, or the one that is being tried.</param>
/// <param name="TrustedSince">See <see cref="ProbeEvidence.TrustedSince"/>.</param>
/// <param name="Sent">When a probe last left.</param>
/// <param name="Heard">When that was last heard which counts for it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbeFacts(LinkState State, bool IsActive, long TrustedSince, long Sent, long Heard);

/// <summary>Judges links by the evidence of probes, by the driver's rules. It knows no bond and no member.</summary>
/// <param name="Now">By <see cref="ProbeClock"/>.</param>
/// <param name="Interval">Between probes, ns.</param>
/// <param name="MissedMax">Probes that may be missed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbePolicy(long Now, long Interval, int MissedMax)
{
    // Links are trusted for so many probes after they were chosen: an answer needs time.
    private const int Grace = 2;

    /// <summary>Whether something happened within so many intervals, and half of one for the way.</summary>
    public bool IsWithin(long time, int intervals) => time - Interval <= Now && Now <= time + intervals * Interval + Interval / 2;

    /// <summary>The verdict where one member is active and others stand by.</summary>
    /// <param name="facts">The member.</param>
    /// <param name="isSearching">No member is active, and one after another is tried.</param>
    public ProbeVerdict InActiveBackup(in ProbeFacts facts, bool isSearching)
    {
        if (facts.State != LinkState.Up)
        {
            if (IsWithin(facts.Heard, 1))
                return ProbeVerdict.Up;
            return facts.State == LinkState.Returning ? ProbeVerdict.Failed : ProbeVerdict.Stay;
        }
        if (IsWithin(facts.TrustedSince, Grace))
            return ProbeVerdict.Stay;
        var isLost = facts.IsActive
            ? !IsWithin(facts.Sent, MissedMax) || !IsWithin(facts.Heard, MissedMax)
            : !isSearching && !IsWithin(facts.Heard, MissedMax + 1);
        return isLost ? ProbeVerdict.Down : ProbeVerdict.Stay;
    }

    /// <summary>The verdict where all members carry traffic.</summary>
    public ProbeVerdict InBalancing(in ProbeFacts facts)
    {
        if (facts.State != LinkState.Up)
            return IsWithin(facts.Sent, 1) && IsWithin(facts.Heard, 1) ? ProbeVerdict.Up : ProbeVerdict.Stay;
        return IsWithin(facts.Sent, MissedMax) && IsWithin(facts.Heard, MissedMax) ? ProbeVerdict.Stay : ProbeVerdict.Down;
    }
}

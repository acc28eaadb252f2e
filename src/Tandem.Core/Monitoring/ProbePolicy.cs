using System.Runtime.InteropServices;

namespace Tandem.Core.Monitoring;

/// <summary>Verdict on a member's link by the evidence of probes.</summary>
internal enum ProbeVerdict : byte
{
    /// <summary>No change.</summary>
    Stay,

    /// <summary>The link is up.</summary>
    Up,

    /// <summary>The link is down.</summary>
    Down,

    /// <summary>The link was tried in vain.</summary>
    Failed,
}

/// <summary>Evidence about one member at the moment of judgement.</summary>
/// <param name="State">The link's present state.</param>
/// <param name="IsActive">Whether the member is active or being tried.</param>
/// <param name="TrustedSince">See <see cref="ProbeEvidence.TrustedSince"/>.</param>
/// <param name="Sent">When the last probe was sent.</param>
/// <param name="Heard">When the last frame was received that counts for this member.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbeFacts(LinkState State, bool IsActive, long TrustedSince, long Sent, long Heard);

/// <summary>Judges links by the evidence of probes, by the driver's rules. Independent of bond and members.</summary>
/// <param name="Now">Time of <see cref="ProbeClock"/>.</param>
/// <param name="Interval">Interval between probes, in ns.</param>
/// <param name="MissedMax">Number of probes that may be missed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbePolicy(long Now, long Interval, int MissedMax)
{
    // Number of intervals for which a link is trusted after it was chosen, since an answer needs time.
    private const int Grace = 2;

    /// <summary>Whether an event lies within a number of intervals, plus half an interval for the round trip.</summary>
    public bool IsWithin(long time, int intervals) => time - Interval <= Now && Now <= time + intervals * Interval + Interval / 2;

    /// <summary>Verdict in modes with one active member.</summary>
    /// <param name="facts">Evidence about the member.</param>
    /// <param name="isSearching">Whether no member is active and one after another is tried.</param>
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

    /// <summary>Verdict in modes where all members carry traffic.</summary>
    public ProbeVerdict InBalancing(in ProbeFacts facts)
    {
        if (facts.State != LinkState.Up)
            return IsWithin(facts.Sent, 1) && IsWithin(facts.Heard, 1) ? ProbeVerdict.Up : ProbeVerdict.Stay;
        return IsWithin(facts.Sent, MissedMax) && IsWithin(facts.Heard, MissedMax) ? ProbeVerdict.Stay : ProbeVerdict.Down;
    }
}

using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Evidence about a member's link from probes: when probes were sent and answers received, in the time of <see cref="ProbeClock"/>.
/// Contains no judgement.
/// </summary>
internal sealed class ProbeEvidence
{
    /// <summary>The time of events that never happened; small enough that sums do not overflow.</summary>
    public const long Never = long.MinValue / 4;

    private readonly long[] _targets = new long[2 * OptionValue.MaxAddresses];

    /// <summary>When the link was last trusted without evidence: when the member joined, became active, or started to be tried.</summary>
    public long TrustedSince { get; set; } = Never;

    /// <summary>When the last probe was sent. Other traffic does not count.</summary>
    public long Sent { get; set; } = Never;

    /// <summary>When the last frame was received that counts where answers are not validated.</summary>
    public long Heard { get; set; } = Never;

    /// <summary>When the last validated answer was received.</summary>
    public long Answered { get; set; } = Never;

    /// <summary>Since when a link that is not in use has answered without interruption; <see cref="Never"/> if it does not.</summary>
    public long ProvenSince { get; set; } = Never;

    /// <summary>The receive counter when it was last read.</summary>
    public ulong FramesCounted { get; set; }

    /// <summary>Whether the device refused the last probe, so that it must be sent again.</summary>
    public bool IsUnsent { get; set; }

    /// <summary>Whether it was reported that only traffic of other hosts keeps the link up.</summary>
    public bool IsToldOfStrangers { get; set; }

    /// <summary>When each target last answered, by target number.</summary>
    public ReadOnlySpan<long> Targets => _targets;

    /// <summary>Resets the evidence.</summary>
    /// <param name="at">The time given to all events; <see cref="Never"/> for no evidence.</param>
    public void Begin(long at)
    {
        Sent = Heard = Answered = TrustedSince = at;
        ProvenSince = Never;
        IsUnsent = IsToldOfStrangers = false;
        Array.Fill(_targets, at);
    }

    /// <summary>Records a validated answer.</summary>
    public void Answer(int target, long at) => Heard = Answered = _targets[target] = at;
}

using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// What speaks for a member's link while probes watch it: when probes left and when answers came, in the time of <see cref="ProbeClock"/>.
/// It judges nothing.
/// </summary>
internal sealed class ProbeEvidence
{
    /// <summary>The time of what never happened; far from overflow in all sums.</summary>
    public const long Never = long.MinValue / 4;

    private readonly long[] _targets = new long[2 * OptionValue.MaxAddresses];

    /// <summary>When the link was last trusted without evidence: when it joined, became the active one, or began to be tried.</summary>
    public long TrustedSince { get; set; } = Never;

    /// <summary>When a probe last left. Other traffic does not count.</summary>
    public long Sent { get; set; } = Never;

    /// <summary>When anything was last heard that counts where answers are not validated.</summary>
    public long Heard { get; set; } = Never;

    /// <summary>When a validated answer was last heard.</summary>
    public long Answered { get; set; } = Never;

    /// <summary>Since when the link has proved itself without a break, while it is not used; <see cref="Never"/> if it does not now.</summary>
    public long ProvenSince { get; set; } = Never;

    /// <summary>Frames that had arrived when they were last counted.</summary>
    public ulong FramesCounted { get; set; }

    /// <summary>A probe is still to be sent: the device did not take it.</summary>
    public bool IsUnsent { get; set; }

    /// <summary>It was told that only traffic of others speaks for the link.</summary>
    public bool IsToldOfStrangers { get; set; }

    /// <summary>When each target last answered, by its number.</summary>
    public ReadOnlySpan<long> Targets => _targets;

    /// <summary>Begins anew.</summary>
    /// <param name="at">As if all had happened then; <see cref="Never"/> if nothing is to speak for the link.</param>
    public void Begin(long at)
    {
        Sent = Heard = Answered = TrustedSince = at;
        ProvenSince = Never;
        IsUnsent = IsToldOfStrangers = false;
        Array.Fill(_targets, at);
    }

    /// <summary>Takes in a validated answer.</summary>
    public void Answer(int target, long at) => Heard = Answered = _targets[target] = at;
}

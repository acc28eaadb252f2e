using Tandem.Core.Pacing;

namespace Tandem.Core;

/// <summary>What is known of changes that others make of a member's interface.</summary>
internal sealed class MemberUpkeep
{
    private EventBudget _events;

    /// <summary>How often its address is put back.</summary>
    public PutBackBudget Address { get; } = new();

    /// <summary>How often its MTU is put back.</summary>
    public PutBackBudget Mtu { get; } = new();

    /// <summary>The MTU in bytes that somebody gave it, if that is larger than the bond's; else 0.</summary>
    public int LargerMtu { get; set; }

    /// <summary>When something is to be tried again; <see cref="Clock.Never"/> if nothing is.</summary>
    public long NextTry => Math.Min(Address.TryAt, Mtu.TryAt);

    /// <summary>Whether one more change may be reported.</summary>
    public bool MayTell(long now) => _events.Take(now);
}

using Tandem.Core.Pacing;

namespace Tandem.Core.Bonds;

/// <summary>Changes of a member's interface by other programs.</summary>
internal sealed class MemberUpkeep
{
    private EventBudget _events;

    /// <summary>Limit of put-backs of the address.</summary>
    public PutBackBudget Address { get; } = new();

    /// <summary>Limit of put-backs of the MTU.</summary>
    public PutBackBudget Mtu { get; } = new();

    /// <summary>The interface's MTU in bytes if larger than the bond's; else 0.</summary>
    public int LargerMtu { get; set; }

    /// <summary>When the next pause ends, in monotonic ns; <see cref="Clock.Never"/> without a pause.</summary>
    public long NextTry => Math.Min(Address.TryAt, Mtu.TryAt);

    /// <summary>Ends pauses now.</summary>
    public void EndPauses(long now)
    {
        Address.Shorten(now);
        Mtu.Shorten(now);
    }

    /// <summary>Whether one more change may be reported.</summary>
    public bool MayTell(long now) => _events.Take(now);
}

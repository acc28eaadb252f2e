using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Judges links by the kernel's reports, with up delay, down delay and flap damping. A change counts when it is reported; the driver,
/// which polls every miimon ms, counts it up to one interval later.
/// </summary>
internal static class LinkPolicy
{
    /// <summary>Sets the initial state of a member's link.</summary>
    public static void Begin(Member member, BondOptions options, long now)
    {
        member.State = LinkState.Down;
        member.StateSince = now;
        Judge(member, options, now);
    }

    /// <summary>
    /// Updates the state of a link by the kernel's last report and by the time; true if it changed. Two transitions in one step (up,
    /// failing, down without a delay) count as one change.
    /// </summary>
    public static bool Judge(Member member, BondOptions options, long now)
    {
        var before = member.State;
        var running = member.Link.IsRunning;

        if (member.State == LinkState.Up && !running)
            Delay(member, LinkState.Failing, options.DownDelay * Clock.Millisecond, now);
        else if (member.State == LinkState.Down && running)
            Delay(member, LinkState.Returning, Math.Max(options.UpDelay * Clock.Millisecond, member.Damping.Hold(options, now)), now);

        if (member.State == LinkState.Failing)
        {
            if (running)
                Enter(member, LinkState.Up, now);
            else if (now >= member.DelayEnds)
                Lose(member, options, now);
        }
        else if (member.State == LinkState.Returning)
        {
            if (!running)
                Lose(member, options, now);
            else if (now >= member.DelayEnds)
                Enter(member, LinkState.Up, now);
        }
        return member.State != before;
    }

    /// <summary>Ends the damping of a link: a delay that is running is cut to the up delay.</summary>
    public static void EndDamping(Member member, BondOptions options)
    {
        member.Damping.Forget();
        if (member.State == LinkState.Returning)
            member.DelayEnds = Math.Min(member.DelayEnds, member.StateSince + (options.UpDelay * Clock.Millisecond));
    }

    /// <summary>Ends the delay of a returning link early, because no other member can carry traffic.</summary>
    public static void EndWait(Member member, long now) => Enter(member, LinkState.Up, now);

    /// <summary>Sets the state that another monitor found.</summary>
    public static void Take(Member member, LinkState state, BondOptions options, long now, bool isLoss = true)
    {
        if (state == LinkState.Down && isLoss)
            Lose(member, options, now);
        else
            Enter(member, state, now);
    }

    private static void Lose(Member member, BondOptions options, long now)
    {
        Enter(member, LinkState.Down, now);
        member.Damping.Lost(options, now);
    }

    private static void Delay(Member member, LinkState state, long delay, long now)
    {
        Enter(member, state, now);
        member.DelayEnds = now + delay;
    }

    private static void Enter(Member member, LinkState state, long now)
    {
        member.State = state;
        member.StateSince = now;
    }
}

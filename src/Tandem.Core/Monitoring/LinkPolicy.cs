using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Judges links by what the kernel says of them, with the delays and the damping of the options. It counts a change the moment that it is told
/// of one; the driver, which looks every miimon ms, counts the same change up to one interval later.
/// </summary>
internal static class LinkPolicy
{
    /// <summary>The state in which a link begins when its interface joins.</summary>
    public static void Begin(Member member, BondOptions options, long now)
    {
        member.State = LinkState.Down;
        member.StateSince = now;
        Judge(member, options, now);
    }

    /// <summary>
    /// Moves the state of a link by what the kernel last said of it and by the time; says whether it moved. Two moves in one step
    /// (up, failing, down with no delay) count as one.
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

    /// <summary>Takes in that links are no longer damped: one that is back waits no longer than the up delay asks.</summary>
    public static void EndDamping(Member member, BondOptions options)
    {
        member.Damping.Forget();
        if (member.State == LinkState.Returning)
            member.DelayEnds = Math.Min(member.DelayEnds, member.StateSince + (options.UpDelay * Clock.Millisecond));
    }

    /// <summary>Ends the wait of a link that is back early, because nothing else can carry traffic.</summary>
    public static void EndWait(Member member, long now) => Enter(member, LinkState.Up, now);

    /// <summary>Takes over what another monitor found.</summary>
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

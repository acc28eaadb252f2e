using Tandem.Core.Options;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Judges links by the kernel's reports, with up delay, down delay and flap damping. A change counts when it is reported; the driver,
/// which polls every miimon ms, counts it up to one interval later.
/// </summary>
internal static class LinkPolicy
{
    /// <summary>Judges the link of a member that joins.</summary>
    public static void Begin(MonitoredLink link, BondOptions options, long now)
    {
        Enter(link, LinkState.Down, now);
        Judge(link, options, now);
    }

    /// <summary>Judges the link of a member that is taken over. No up delay for a link that is up: it did not just come back.</summary>
    public static void Restore(MonitoredLink link, long now) => Enter(link, link.Status.IsRunning ? LinkState.Up : LinkState.Down, now);

    /// <summary>
    /// Updates the state of a link by the kernel's last report and by the time; true if it changed. Two transitions in one step (up,
    /// failing, down without a delay) count as one change.
    /// </summary>
    public static bool Judge(MonitoredLink link, BondOptions options, long now)
    {
        var before = link.State;
        var running = link.Status.IsRunning;

        if (link.State == LinkState.Up && !running)
            Delay(link, LinkState.Failing, options.DownDelay * Clock.Millisecond, now);
        else if (link.State == LinkState.Down && running)
            Delay(link, LinkState.Returning, Math.Max(options.UpDelay * Clock.Millisecond, link.Damping.Hold(options, now)), now);

        if (link.State == LinkState.Failing)
        {
            if (running)
                Enter(link, LinkState.Up, now);
            else if (now >= link.DelayEnds)
                Lose(link, options, now);
        }
        else if (link.State == LinkState.Returning)
        {
            if (!running)
                Lose(link, options, now);
            else if (now >= link.DelayEnds)
                Enter(link, LinkState.Up, now);
        }
        return link.State != before;
    }

    /// <summary>Ends the damping of a link: a delay that is running is cut to the up delay.</summary>
    public static void EndDamping(MonitoredLink link, BondOptions options)
    {
        link.Damping.Forget();
        if (link.State == LinkState.Returning)
            link.DelayEnds = Math.Min(link.DelayEnds, link.StateSince + (options.UpDelay * Clock.Millisecond));
    }

    /// <summary>Ends the delay of a returning link early, because no other member can carry traffic.</summary>
    public static void EndWait(MonitoredLink link, long now) => Enter(link, LinkState.Up, now);

    /// <summary>Sets the state that another monitor found.</summary>
    public static void Take(MonitoredLink link, LinkState state, BondOptions options, long now, bool isLoss = true)
    {
        if (state == LinkState.Down && isLoss)
            Lose(link, options, now);
        else
            Enter(link, state, now);
    }

    private static void Lose(MonitoredLink link, BondOptions options, long now)
    {
        Enter(link, LinkState.Down, now);
        link.Damping.Lost(options, now);
    }

    private static void Delay(MonitoredLink link, LinkState state, long delay, long now)
    {
        Enter(link, state, now);
        link.DelayEnds = now + delay;
    }

    private static void Enter(MonitoredLink link, LinkState state, long now)
    {
        link.State = state;
        link.StateSince = now;
    }
}

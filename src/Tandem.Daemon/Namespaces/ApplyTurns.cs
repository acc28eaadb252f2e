namespace Tandem.Daemon.Namespaces;

/// <summary>The turn to apply files in a network namespace, which one client has at a time. Thread-safe.</summary>
internal sealed class ApplyTurns
{
    /// <summary>How long a turn is awaited: that the client before has closed its connection is noticed a moment later.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(10);

    private int _isTaken;

    /// <summary>Whether somebody has the turn.</summary>
    public bool IsTaken => Volatile.Read(ref _isTaken) != 0;

    /// <summary>Takes the turn, and waits for it; false if somebody else has it all that time.</summary>
    public async Task<bool> TakeAsync(CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; Interlocked.Exchange(ref _isTaken, 1) != 0; waited += BetweenTries)
        {
            if (waited >= Patience)
                return false;
            await Task.Delay(BetweenTries, cancellation);
        }
        return true;
    }

    /// <summary>Gives the turn to others.</summary>
    public void Leave() => Volatile.Write(ref _isTaken, 0);
}

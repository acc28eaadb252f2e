namespace Tandem.Daemon.Namespaces;

/// <summary>The turn to apply files in a network namespace, which one client has at a time. Thread-safe.</summary>
internal sealed class ApplyTurns
{
    /// <summary>How long a turn is awaited: that the client before has closed its connection is noticed a moment later.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(10);

    private int _isTaken;
    private long _current;

    /// <summary>The number of the turn that somebody has, by which its holder is known; 0 if nobody has one, or its holder has left.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Takes the turn, and waits for it; returns its number, or 0 if somebody else has it all that time.</summary>
    public async Task<long> TakeAsync(CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; Interlocked.Exchange(ref _isTaken, 1) != 0; waited += BetweenTries)
        {
            if (waited >= Patience)
                return 0;
            await Task.Delay(BetweenTries, cancellation);
        }
        // Not one that a client of an earlier service may have. JSON readers know numbers up to 2^53.
        var number = Random.Shared.NextInt64(1, 1L << 53);
        Volatile.Write(ref _current, number);
        return number;
    }

    /// <summary>The holder has left; nobody else has the turn yet.</summary>
    public void End() => Volatile.Write(ref _current, 0);

    /// <summary>Gives the turn to others.</summary>
    public void Leave() => Volatile.Write(ref _isTaken, 0);
}

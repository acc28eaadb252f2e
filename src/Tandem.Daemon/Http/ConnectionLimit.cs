using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.Http;

/// <summary>
/// Limits the number of connections, each of which costs memory. Some are reserved for root. At the limit, the oldest connection without
/// a running request is closed for a new one, so that idle connections lock nobody out.
/// </summary>
internal sealed class ConnectionLimit(ILogger log, TimeProvider time)
{
    /// <summary>Maximum number of connections.</summary>
    public const int Max = 256;

    /// <summary>Maximum number of connections of users other than root.</summary>
    public const int MaxOfOthers = 192;

    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<Guest> _guests = [];
    private int _closed;
    private long? _logged;

    /// <summary>Serves a connection, or closes it if the limit is reached.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Admit(IsRoot(connection), connection.Abort) is not { } guest)
            return;
        connection.Features.Set(guest);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(guest);
        }
    }

    /// <summary>Answers a request; its connection is not closed for another one meanwhile.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var guest = context.Features.Get<Guest>();
        Count(guest, 1);
        try
        {
            await next(context);
        }
        finally
        {
            Count(guest, -1);
        }
    }

    /// <summary>Admits a connection; null if the limit is reached.</summary>
    /// <param name="isRoot">Whether the client is root.</param>
    /// <param name="close">Closes the connection.</param>
    internal Guest? Admit(bool isRoot, Action close)
    {
        Guest? victim = null;
        var guest = new Guest(isRoot, close);
        int? unlogged;
        lock (_gate)
        {
            var isFull = _guests.Count >= Max || (!isRoot && _guests.Count(each => !each.IsRoot) >= MaxOfOthers);
            if (isFull)
            {
                // Oldest first. Connections of other users come before those of root, which are closed only for root.
                victim = _guests.Find(each => each is { IsRoot: false, Requests: 0 });
                if (isRoot)
                    victim ??= _guests.Find(each => each.Requests == 0);
                if (victim is not null)
                    _guests.Remove(victim);
            }
            var isIn = !isFull || victim is not null;
            if (isIn)
                _guests.Add(guest);
            else
                guest = null;
            unlogged = isFull ? CountClosed() : null;
        }
        victim?.Close();
        if (unlogged is { } count)
            Log.ConnectionsClosed(log, count, Max, MaxOfOthers);
        return guest;
    }

    /// <summary>Releases the place of a connection.</summary>
    internal void Leave(Guest guest)
    {
        lock (_gate)
            _guests.Remove(guest);
    }

    /// <summary>Counts the running requests of a connection.</summary>
    internal void Count(Guest? guest, int change)
    {
        if (guest is null)
            return;
        lock (_gate)
            guest.Requests += change;
    }

    // The number to log; null if the last line is less than a minute old.
    private int? CountClosed()
    {
        _closed++;
        var now = time.GetTimestamp();
        if (_logged is { } before && time.GetElapsedTime(before, now) < LogInterval)
            return null;
        _logged = now;
        var count = _closed;
        _closed = 0;
        return count;
    }

    private static bool IsRoot(ConnectionContext connection) =>
        connection is IConnectionSocketFeature { Socket: var socket } && Peer.Of(socket) is { User: 0 };

    /// <summary>An admitted connection.</summary>
    internal sealed class Guest(bool isRoot, Action close)
    {
        /// <summary>Whether the client is root.</summary>
        public bool IsRoot { get; } = isRoot;

        /// <summary>Number of running requests.</summary>
        public int Requests { get; set; }

        /// <summary>Closes the connection.</summary>
        public void Close() => close();
    }
}

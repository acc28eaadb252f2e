using Tandem.Core;

namespace Tandem.Simulation;

/// <summary>
/// A network in virtual time: stations joined by cables. Nothing happens by itself: <see cref="Run"/> moves the clock from event to
/// event, so a run takes almost no real time and is reproducible.
/// </summary>
public sealed class World
{
    // An odd start, so that nothing relies on a clock that starts at 0.
    private const long Beginning = 7_000_000_003;

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly List<Station> _stations = [];
    private long _order;
    private int _ifindex = 10;

    // More events at one moment would mean a deadline that never lies ahead.
    private const int MostAtOneMoment = 1_000;

    private readonly long _frequency;

    /// <summary>Makes a network whose chance (loss, jitter) comes from a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="frequency">Ticks of the stations' clock in a second: they see time in these steps, and wake at the first one that is not too early.</param>
    public World(ulong seed = 1, long frequency = Clock.Second) => (Chance, _frequency) = (new Random((int)seed), frequency);

    /// <summary>Virtual monotonic ns.</summary>
    public long Now { get; private set; } = Beginning;

    /// <summary>The only source of chance.</summary>
    public Random Chance { get; }

    /// <summary>Adds a host with a bond and ports.</summary>
    public Station AddStation(string name, int ports, uint speedMbps = 10_000)
    {
        var station = new Station(this, name, _stations.Count + 1);
        for (var i = 0; i < ports; i++)
            station.AddPort($"eth{i}", _ifindex++, speedMbps);
        _stations.Add(station);
        return station;
    }

    /// <summary>Ends the process of a station without warning; its links stay up.</summary>
    public void Remove(Station station)
    {
        station.IsDead = true;
        _stations.Remove(station);
    }

    /// <summary>Starts the next process of a station.</summary>
    internal void Return(Station station)
    {
        station.IsDead = false;
        _stations.Add(station);
    }

    /// <summary>Joins two ports by a cable.</summary>
    public Cable Connect(Port a, Port b) => new(this, a, b);

    /// <summary>Connects the ports of two stations one to one.</summary>
    public IReadOnlyList<Cable> Connect(Station a, Station b) => [.. a.Ports.Zip(b.Ports, Connect)];

    /// <summary>Schedules an action.</summary>
    public void After(long nanoseconds, Action action) => _events.Enqueue(action, (Now + nanoseconds, _order++));

    /// <summary>Runs the network for this time.</summary>
    public void Run(double milliseconds) => RunUntil(Now + (long)(milliseconds * Clock.Millisecond));

    /// <summary>Moves the clock without running any event.</summary>
    public void Jump(double milliseconds) => Now += (long)(milliseconds * Clock.Millisecond);

    private void RunUntil(long end)
    {
        end = Tick(end);
        for (var (steps, since) = (0, Now); ; steps++)
        {
            if (Now != since)
                (steps, since) = (0, Now);
            if (steps > MostAtOneMoment)
                throw new InvalidOperationException($"something is due again and again at {Now} ns");
            var deadline = _stations.Select(station => station.NextDeadline).DefaultIfEmpty(Clock.Never).Min();
            var next = _events.TryPeek(out _, out var first) ? Math.Min(first.Time, deadline) : deadline;
            if (next > end)
                break;
            Now = Math.Max(Now, Tick(next));
            // Frames that have arrived are processed before any timer ends.
            while (_events.TryPeek(out var action, out var due) && due.Time <= Now)
            {
                _events.Dequeue();
                action();
            }
            foreach (var station in _stations)
                station.Advance();
        }
        Now = Math.Max(Now, end);
    }

    // The first tick of the clock that is not before a moment.
    private long Tick(long moment)
    {
        var ticks = ((Int128)moment * _frequency + Clock.Second - 1) / Clock.Second;
        return (long)(ticks * Clock.Second / _frequency);
    }
}

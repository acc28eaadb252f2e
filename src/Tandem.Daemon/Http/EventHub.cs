using System.Threading.Channels;
using Tandem.Api;

namespace Tandem.Daemon.Http;

/// <summary>Distributes events to listeners. A listener that is too slow delays nobody: it loses events, and learns how many.</summary>
internal sealed class EventHub
{
    /// <summary>Maximum number of events waiting for one listener.</summary>
    public const int Backlog = 256;

    private readonly Lock _gate = new();
    private readonly List<Listener> _listeners = [];
    private bool _isClosed;

    /// <summary>Distributes an event. Never blocks.</summary>
    /// <param name="netns">The ID of its network namespace.</param>
    /// <param name="message">The event.</param>
    public void Publish(string netns, EventMessage message)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners)
            {
                if (listener.Netns is null || listener.Netns == netns)
                    listener.Offer(message);
            }
        }
    }

    /// <summary>Adds a listener; disposing of it removes it.</summary>
    /// <param name="netns">The ID of the network namespace whose events it hears; null for all.</param>
    public Listener Listen(string? netns)
    {
        var listener = new Listener(this, netns);
        lock (_gate)
        {
            _listeners.Add(listener);
            if (_isClosed)
                listener.Close();
        }
        return listener;
    }

    /// <summary>Ends all listeners after their waiting events.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var listener in _listeners)
                listener.Close();
        }
    }

    private void Remove(Listener listener)
    {
        lock (_gate)
            _listeners.Remove(listener);
    }

    /// <summary>A listener.</summary>
    internal sealed class Listener(EventHub hub, string? netns) : IDisposable
    {
        private readonly Channel<EventMessage> _waiting = Channel.CreateBounded<EventMessage>(
            new BoundedChannelOptions(Backlog) { SingleReader = true, SingleWriter = true }
        );
        private int _lost;

        /// <summary>The ID of the network namespace whose events it hears; null for all.</summary>
        public string? Netns => netns;

        /// <summary>The next event, and the number of events lost before it. Throws <see cref="ChannelClosedException"/> after the last
        /// one.</summary>
        public async ValueTask<(EventMessage Message, int LostBefore)> ReadAsync(CancellationToken cancellation)
        {
            var message = await _waiting.Reader.ReadAsync(cancellation);
            return (message, Interlocked.Exchange(ref _lost, 0));
        }

        /// <summary>Removes the listener.</summary>
        public void Dispose() => hub.Remove(this);

        internal void Close() => _waiting.Writer.TryComplete();

        internal void Offer(EventMessage message)
        {
            if (!_waiting.Writer.TryWrite(message))
                Interlocked.Increment(ref _lost);
        }
    }
}

using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Writer;
using Tandem.Linux.Guards;

namespace Tandem.Daemon.Hosting;

/// <summary>Has the guards of members put back when someone flushes the firewall, from a thread of its own.</summary>
internal sealed class GuardWatcher : IDisposable
{
    private readonly GuardMonitor? _monitor;
    private readonly Thread _thread;
    private readonly WriterThread _writer;
    private readonly BondRegistry _registry;
    private int _isAsked;

    /// <summary>Subscribes at once; passes on from <see cref="Start"/>.</summary>
    public GuardWatcher(WriterThread writer, BondRegistry registry, ILogger log)
    {
        (_writer, _registry) = (writer, registry);
        _thread = new Thread(Run) { Name = "guards", IsBackground = true };
        try
        {
            _monitor = new GuardMonitor();
        }
        catch (InvalidOperationException e)
        {
            // No nftables, no guards to lose.
            Log.GuardsUnwatched(log, e.Message);
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Stops to watch.</summary>
    public void Dispose()
    {
        _monitor?.Stop();
        if (_thread.IsAlive)
            _thread.Join();
        _monitor?.Dispose();
    }

    private void Run()
    {
        while (_monitor?.Read() == true && PassOn()) { }
    }

    // Someone who changes the firewall all the time (a cluster's proxy, say) has guards looked at once for what came meanwhile.
    private bool PassOn() => Interlocked.Exchange(ref _isAsked, 1) != 0 || _writer.Post(Look);

    private void Look()
    {
        Volatile.Write(ref _isAsked, 0);
        _registry.Links.FirewallChanged();
    }
}

using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Writer;
using Tandem.Linux.Guards;

namespace Tandem.Daemon.Namespaces;

/// <summary>Restores the guards of members after the firewall was flushed, on a thread of its own.</summary>
internal sealed class GuardWatcher : IDisposable
{
    private readonly GuardMonitor? _monitor;
    private readonly Thread _thread;
    private readonly WriterThread _writer;
    private readonly BondRegistry _registry;
    private int _isAsked;

    /// <summary>Subscribes at once; reports from <see cref="Start"/> on.</summary>
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
            // Without nftables there are no guards.
            Log.GuardsUnwatched(log, e.Message);
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Stops watching.</summary>
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

    // Frequent changes of the firewall (by a cluster's proxy, for example) are combined into one check.
    private bool PassOn() => Interlocked.Exchange(ref _isAsked, 1) != 0 || _writer.Post(Look);

    private void Look()
    {
        Volatile.Write(ref _isAsked, 0);
        _registry.Links.FirewallChanged();
    }
}

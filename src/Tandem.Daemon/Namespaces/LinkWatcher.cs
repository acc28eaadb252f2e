using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Writer;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Namespaces;

/// <summary>Passes the kernel's notifications about interfaces to the writer thread, from a thread of its own.</summary>
internal sealed class LinkWatcher : IDisposable
{
    private readonly LinkMonitor _monitor = new();
    private readonly Thread _thread;
    private readonly WriterThread _writer;
    private readonly BondRegistry _registry;
    private readonly MonotonicClock _clock;
    private readonly ILogger _log;

    /// <summary>Subscribes at once, so that no notification is missed; passes them on from <see cref="Start"/> on.</summary>
    public LinkWatcher(WriterThread writer, BondRegistry registry, MonotonicClock clock, ILogger log)
    {
        (_writer, _registry, _clock, _log) = (writer, registry, clock, log);
        _thread = new Thread(Run) { Name = "links", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        _monitor.Stop();
        if (_thread.IsAlive)
            _thread.Join();
        _monitor.Dispose();
    }

    private void Run()
    {
        try
        {
            while (PassOn(_monitor.Read())) { }
        }
        catch (Exception e)
        {
            // Members are still polled every miimon; changes of the bond's device are no longer noticed.
            Log.WatchEnded(_log, e);
        }
    }

    private bool PassOn(LinkChange change)
    {
        switch (change.Kind)
        {
            case LinkChangeKind.Stopped:
                return false;
            case LinkChangeKind.Link or LinkChangeKind.LinkDeleted:
                var reported = change.Link!;
                return _writer.Post(() => _registry.Links.LinkReported(_clock.Now, reported));
            case LinkChangeKind.Resync:
                Log.LinksLost(_log);
                return _writer.Post(() => _registry.Links.LookAtAll(_clock.Now));
            default:
                return true;
        }
    }
}

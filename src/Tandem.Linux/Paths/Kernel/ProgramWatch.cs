using System.Diagnostics;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// Reattaches programs that others detached, for all bonds of a network namespace, on a thread of its own: requests about hooks take the
/// kernel's RTNL lock, for which the brain's thread must not wait.
/// </summary>
/// <remarks>
/// The kernel sends no notification when a program is detached from TCX or netkit: there the thread asks for the list of programs every
/// <see cref="GlanceMs"/> ms, which costs 2 µs per place. Changes of clsact filters are notified (RTNLGRP_TC). A link (BPF_LINK_CREATE)
/// could not be detached by others, but ends with its last descriptor unless it is pinned in a bpf file system, which few containers
/// have; the programs must outlive the service.
/// </remarks>
internal sealed class ProgramWatch : IDisposable
{
    /// <summary>How often the program lists are read, in ms; less often where that would take more than 1 % of a processor.</summary>
    public const int GlanceMs = 10;

    // Each costs 2 µs.
    private const int PlacesPerMs = 5;

    /// <summary>How often everything is read, including the programs of others, in ms.</summary>
    public const int LookMs = 1000;

    private const int ReceiveBytes = 256 << 10;

    private static readonly PerNamespace<ProgramWatch> Shared = new(static () => new ProgramWatch(!TcxHook.IsAvailable));

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly NetlinkSubscription? _news;
    private readonly List<Thread> _threads = [];
    private WatchedPlace[] _places = [];
    private long _looks;

    /// <summary>Starts watching, in the calling thread's network namespace.</summary>
    /// <param name="listens">Whether to subscribe to clsact filters; not needed where TCX exists, since Tandem then attaches nothing at
    /// clsact.</param>
    internal ProgramWatch(bool listens)
    {
        _news = listens ? Subscribe() : null;
        try
        {
            _threads.Add(OwnThread.Start("hooks", Run));
            if (_news is not null)
                _threads.Add(OwnThread.Start("filters", Listen));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The watch of the calling thread's network namespace.</summary>
    public static PerNamespace<ProgramWatch>.Lease Take() => Shared.Take();

    /// <summary>The number of finished full passes.</summary>
    internal long Looks => Volatile.Read(ref _looks);

    /// <summary>Watches a place to which a program was attached, until <see cref="WatchedPlace.End"/>.</summary>
    public void Add(WatchedPlace place)
    {
        lock (_gate)
            Volatile.Write(ref _places, [.. _places, place]);
    }

    /// <summary>Stops watching a place that was ended.</summary>
    public void Remove(WatchedPlace place)
    {
        lock (_gate)
            Volatile.Write(ref _places, Array.FindAll(_places, other => other != place));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _news?.Stop();
        foreach (var thread in _threads)
            thread.Join();
        _news?.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        var lookedAt = Stopwatch.GetTimestamp();
        while (!_stop.Wait(PeriodOf(Volatile.Read(ref _places))))
        {
            var isLook = Stopwatch.GetElapsedTime(lookedAt).TotalMilliseconds >= LookMs - GlanceMs / 2;
            if (isLook)
                lookedAt = Stopwatch.GetTimestamp();
            foreach (var place in Volatile.Read(ref _places))
            {
                if (isLook)
                    place.Look();
                else
                    place.Glance();
            }
            if (isLook)
                Volatile.Write(ref _looks, _looks + 1);
        }
    }

    private static int PeriodOf(WatchedPlace[] places) =>
        Array.Exists(places, static place => place.CanGlance) ? Math.Clamp(places.Length / PlacesPerMs, GlanceMs, LookMs) : LookMs;

    // Every change of a filter or queueing discipline is notified, Tandem's own too.
    private void Listen()
    {
        while (true)
        {
            var news = _news!.Next(out var message);
            if (news == News.Stopped)
                return;
            var changed = news == News.Lost ? null : IfindexOf(message);
            if (news == News.Message && changed is null)
                continue;
            foreach (var place in Volatile.Read(ref _places))
            {
                if (changed is null || place.Place.Ifindex == changed)
                    place.Restore();
            }
        }
    }

    private static int? IfindexOf(in NetlinkMessage message) =>
        message.Header.Type is Tc.RTM_NEWTFILTER or Tc.RTM_DELTFILTER or Tc.RTM_DELQDISC && message.TrySplit(out TcMsg header, out _)
            ? header.Ifindex
            : null;

    // Without notifications a detached program is reattached at the next full pass.
    private static NetlinkSubscription? Subscribe()
    {
        try
        {
            return new NetlinkSubscription(Nl.NETLINK_ROUTE, [Rt.RTNLGRP_TC], ReceiveBytes);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

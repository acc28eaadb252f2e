using System.Diagnostics;
using Tandem.Core.Bonds;
using Tandem.Core.Monitoring;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Stack;

/// <summary>
/// Reads the IP configuration on the bonds of a network namespace, all in one pass, whenever the kernel notifies a change. On a thread of
/// its own: reading takes the kernel's RTNL lock, for which the brain's thread must not wait.
/// </summary>
internal sealed unsafe class StackThread : IDisposable
{
    // The kernel does not notify changes of routing rules and of other namespaces; they are noticed after this time at the latest.
    private const int LookMs = 3000;

    // Changes come in bursts: an address and its routes, for example. A routing table that never rests must not keep the kernel busy.
    private const int RestMs = 30;
    private const int RestShare = 10;

    private const int ReceiveBytes = 256 << 10;

    private static readonly PerNamespace<StackThread> Shared = new(static () => new StackThread());

    private readonly NetlinkSubscription _news;
    private readonly WakeUp _asked;
    private readonly RouteSocket _route;

    // Held while the following fields are changed, or descriptors are used by other threads: the thread closes them when it ends.
    private readonly Lock _gate = new();
    private StackWatch[] _watches = [];
    private bool _isEnding;
    private bool _hasEnded;

    private StackThread()
    {
        var opened = new List<IDisposable>();
        try
        {
            int[] groups = [Rt.RTNLGRP_LINK, Rt.RTNLGRP_IPV4_IFADDR, Rt.RTNLGRP_IPV4_ROUTE, Rt.RTNLGRP_IPV6_IFADDR, Rt.RTNLGRP_IPV6_ROUTE];
            opened.Add(_news = new NetlinkSubscription(Nl.NETLINK_ROUTE, groups, ReceiveBytes));
            opened.Add(_asked = new WakeUp());
            opened.Add(_route = new RouteSocket());
            OwnThread.Start("stack", Run);
        }
        catch
        {
            opened.ForEach(static one => one.Dispose());
            throw;
        }
    }

    /// <summary>The thread of the calling thread's network namespace.</summary>
    /// <exception cref="InvalidOperationException">The kernel refuses the subscription.</exception>
    public static PerNamespace<StackThread>.Lease Take() => Shared.Take();

    /// <summary>Serves a watch: reports to it at once and after each change.</summary>
    public void Add(StackWatch watch)
    {
        lock (_gate)
        {
            Volatile.Write(ref _watches, [.. _watches, watch]);
            _asked.Signal();
        }
    }

    /// <summary>Stops serving a watch.</summary>
    public void Remove(StackWatch watch)
    {
        lock (_gate)
            Volatile.Write(ref _watches, Array.FindAll(_watches, other => other != watch));
    }

    /// <summary>Reads again soon, since a watch has another question.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (!_hasEnded)
                _asked.Signal();
        }
    }

    /// <summary>Ends the thread, without waiting.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isEnding, true);
        Ask();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _isEnding))
        {
            var began = Stopwatch.GetTimestamp();
            // Data common to all bonds is requested once.
            var here = new StackReader(_route);
            foreach (var watch in Volatile.Read(ref _watches))
            {
                if (watch.Question is { } question && Read(here, question) is { } stack)
                    watch.Answer(question, stack);
            }
            var rest = Math.Max(RestMs, RestShare * (int)Math.Min(LookMs, Stopwatch.GetElapsedTime(began).TotalMilliseconds));
            if (!Wait(listens: false, rest))
                Wait(listens: true, LookMs);
        }
        lock (_gate)
        {
            _hasEnded = true;
            _news.Dispose();
            _asked.Dispose();
            _route.Dispose();
        }
    }

    private HostStack? Read(StackReader here, StackQuestion question)
    {
        if (question.Netnsid is not { } elsewhere)
            return here.Read(question.Ifindex, question.Targets);
        HostStack? stack = null;
        bool hasEntered;
        try
        {
            hasEntered = NetworkNamespaces.TryRun(
                elsewhere,
                _route,
                () =>
                {
                    using var there = new RouteSocket();
                    stack = new StackReader(there).Read(question.Ifindex, question.Targets);
                }
            );
        }
        catch (InvalidOperationException)
        {
            // No socket or thread can be created: the next pass tries again.
            return null;
        }
        // The namespace is out of reach: the answer has no routes.
        return hasEntered ? stack : new HostStack { Ways = [.. question.Targets.Select(ProbeWay.None)] };
    }

    // Waits for another question, or for notifications too; returns whether there is another question.
    private bool Wait(bool listens, int milliseconds)
    {
        var fds = stackalloc PollFd[2];
        fds[0] = new PollFd { Fd = _asked.Fd, Events = Files.POLLIN };
        fds[1] = new PollFd { Fd = _news.Fd, Events = Files.POLLIN };
        _ = Files.Poll(fds, listens ? 2u : 1u, milliseconds);
        _news.Skip();
        if (fds[0].Revents == 0)
            return false;
        _asked.Clear();
        return true;
    }
}

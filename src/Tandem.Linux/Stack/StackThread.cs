using System.Diagnostics;
using Tandem.Core;
using Tandem.Core.Monitoring;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Stack;

/// <summary>
/// Reads what the IP stack has on the bonds of a network namespace, all in one pass, whenever the kernel says that something changed. On a thread
/// of its own: reading takes the kernel's lock on interfaces, for which the thread of the brain must not wait.
/// </summary>
internal sealed unsafe class StackThread : IDisposable
{
    // What the kernel does not report (rules that choose among routing tables, other namespaces) is seen this soon.
    private const int LookMs = 3000;

    // Changes come in bursts: an address and its routes, say. And a table of routes that never rests must not keep the kernel busy.
    private const int RestMs = 30;
    private const int RestShare = 10;

    private const int ReceiveBytes = 256 << 10;

    private static readonly PerNamespace<StackThread> Shared = new(static () => new StackThread());

    private readonly NetlinkSubscription _news;
    private readonly WakeUp _asked;
    private readonly RouteSocket _route;

    // Held while what follows is changed, or descriptors are used from outside of the thread, which closes them when it ends.
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
    /// <exception cref="InvalidOperationException">The kernel gives no news.</exception>
    public static PerNamespace<StackThread>.Lease Take() => Shared.Take();

    /// <summary>Answers a watch, at once and whenever the answer changes.</summary>
    public void Add(StackWatch watch)
    {
        lock (_gate)
        {
            Volatile.Write(ref _watches, [.. _watches, watch]);
            _asked.Signal();
        }
    }

    /// <summary>Answers a watch no longer.</summary>
    public void Remove(StackWatch watch)
    {
        lock (_gate)
            Volatile.Write(ref _watches, Array.FindAll(_watches, other => other != watch));
    }

    /// <summary>Takes in that a watch asks something else.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (!_hasEnded)
                _asked.Signal();
        }
    }

    /// <summary>Has the thread end, and does not wait for that.</summary>
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
            // What all need is asked for once.
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
            // No socket or thread is to be had: it is asked again.
            return null;
        }
        // Out of sight: then there is no way, but an answer.
        return hasEntered ? stack : new HostStack { Ways = [.. question.Targets.Select(ProbeWay.None)] };
    }

    // Waits for another question, or for news too; says whether there is another question.
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

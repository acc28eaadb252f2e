using System.Diagnostics;
using System.Net;
using Tandem.Core;
using Tandem.Core.Monitoring;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Stack;

/// <summary>What is asked about the stack.</summary>
/// <param name="Ifindex">The bond's device.</param>
/// <param name="Netnsid">The id of the network namespace where it is; null for this one.</param>
/// <param name="Targets">The addresses to which the ways are wanted.</param>
internal sealed record StackQuestion(int Ifindex, int? Netnsid, IReadOnlyList<IPAddress> Targets);

/// <summary>
/// Tells what the IP stack has on a bond, whenever that changes, on a thread of its own: reading it takes the kernel's lock on interfaces,
/// for which the thread of the brain must not wait. Whoever disposes of it does not wait either; one answer may still be under way.
/// </summary>
internal sealed unsafe class StackWatch : IDisposable
{
    // What the kernel does not report (rules that choose among routing tables, other namespaces) is seen this soon.
    private const int LookMs = 3000;

    // Changes come in bursts: an address and its routes, say. And a table of routes that never rests must not keep the kernel busy.
    private const int RestMs = 30;
    private const int RestShare = 10;

    private const int ReceiveBytes = 256 << 10;

    private readonly NetlinkSubscription _news = new(
        Nl.NETLINK_ROUTE,
        [Rt.RTNLGRP_LINK, Rt.RTNLGRP_IPV4_IFADDR, Rt.RTNLGRP_IPV4_ROUTE, Rt.RTNLGRP_IPV6_IFADDR, Rt.RTNLGRP_IPV6_ROUTE],
        ReceiveBytes
    );
    private readonly WakeUp _asked = new();
    private readonly RouteSocket _route = new();
    private readonly Action<HostStack> _tell;

    // Held while the descriptors are used from outside of the thread, which closes them when it ends.
    private readonly Lock _ending = new();
    private StackQuestion? _question;
    private bool _hasEnded;

    /// <summary>Begins to watch, in the network namespace of the calling thread.</summary>
    /// <param name="bond">The bond's name, for the thread's.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="tell">Called on the thread with each answer that differs from the last one; the first is one.</param>
    /// <exception cref="InvalidOperationException">The kernel gives no news.</exception>
    public StackWatch(string bond, StackQuestion question, Action<HostStack> tell)
    {
        (_question, _tell) = (question, tell);
        new Thread(Run) { Name = $"stack {bond}", IsBackground = true }.Start();
    }

    /// <summary>Asks something else. The answer is told even if it is the same.</summary>
    public void Ask(StackQuestion question) => Change(question);

    /// <summary>Ends the watch.</summary>
    public void Dispose() => Change(null);

    private void Change(StackQuestion? question)
    {
        lock (_ending)
        {
            if (_hasEnded)
                return;
            _question = question;
            _asked.Signal();
        }
    }

    private void Run()
    {
        StackQuestion? answered = null;
        HostStack? told = null;
        while (Volatile.Read(ref _question) is { } question)
        {
            var began = Stopwatch.GetTimestamp();
            if (Read(question) is { } stack && (question != answered || told is null || !stack.SameAs(told)))
            {
                (answered, told) = (question, stack);
                _tell(stack);
            }
            var rest = Math.Max(RestMs, RestShare * (int)Math.Min(LookMs, Stopwatch.GetElapsedTime(began).TotalMilliseconds));
            if (!Wait(listens: false, rest))
                Wait(listens: true, LookMs);
        }
        lock (_ending)
        {
            _hasEnded = true;
            _news.Dispose();
            _asked.Dispose();
            _route.Dispose();
        }
    }

    private HostStack? Read(StackQuestion question)
    {
        if (question.Netnsid is not { } elsewhere)
            return new StackReader(_route).Read(question.Ifindex, question.Targets);
        HostStack? stack = null;
        var hasEntered = NetworkNamespaces.TryRun(
            elsewhere,
            _route,
            () =>
            {
                using var there = new RouteSocket();
                stack = new StackReader(there).Read(question.Ifindex, question.Targets);
            }
        );
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

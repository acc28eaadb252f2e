using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Writer;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Namespaces;

/// <summary>
/// The network namespaces whose bonds this service runs: its own, and others from the first request of a caller there until they have no bonds any more, or
/// end. Thread-safe.
/// </summary>
/// <param name="own">The service's own namespace.</param>
/// <param name="opener">Opens others; null if this service has its own only.</param>
/// <param name="log">Receives messages.</param>
internal sealed class HostedNamespaces(HostedNamespace own, NamespaceOpener? opener, ILogger log) : IAsyncDisposable
{
    /// <summary>How often it is looked whether namespaces have ended.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<Answer<OpenedNamespace>>> _others = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sweeping = new(1, 1);
    private Timer? _timer;
    private bool _isClosing;

    /// <summary>The service's own namespace.</summary>
    public HostedNamespace Own { get; } = own;

    /// <summary>The writer threads of all namespaces that are open now.</summary>
    public IReadOnlyList<WriterThread> Writers
    {
        get
        {
            lock (_gate)
            {
                var opened = _others
                    .Values.Where(one => one.IsCompletedSuccessfully)
                    .Select(one => one.Result.Value)
                    .OfType<OpenedNamespace>();
                return [Own.Writer, .. opened.Select(one => one.Hosted.Writer)];
            }
        }
    }

    /// <summary>Enters a namespace until the lease is disposed of; opens it if it is not hosted yet.</summary>
    /// <param name="caller">The caller's namespace; null for the service's own. It stays the caller's.</param>
    public async Task<Answer<NamespaceLease>> EnterAsync(NetworkNamespace? caller)
    {
        if (caller is null || caller.Id == Own.Identity.Id)
            return new NamespaceLease(Own, null);
        if (opener is null)
            return Refusals.Request($"this service runs the bonds of its own network namespace only, not of {caller.Id}");
        while (true)
        {
            Task<Answer<OpenedNamespace>>? opening;
            lock (_gate)
            {
                if (_isClosing)
                    return new ErrorMessage(ErrorKinds.Busy, "the service is stopping");
                if (!_others.TryGetValue(caller.Id, out opening))
                {
                    // The caller may leave before it is open.
                    var held = caller.Duplicate();
                    _others.Add(held.Id, opening = Task.Run(() => OpenAsync(held)));
                }
            }
            var answer = await opening;
            if (answer.Value is not { } opened)
            {
                Remove(caller.Id, opening);
                return answer.Refusal!;
            }
            if (opened.TryEnter())
                return new NamespaceLease(opened.Hosted, opened);
            // It was closed at this moment: it is opened again.
            Remove(caller.Id, opening);
        }
    }

    /// <summary>Enters all hosted namespaces, the service's own first.</summary>
    public async Task<IReadOnlyList<NamespaceLease>> EnterAllAsync()
    {
        var leases = new List<NamespaceLease> { new(Own, null) };
        foreach (var opened in await OpenedAsync())
        {
            if (opened.TryEnter())
                leases.Add(new NamespaceLease(opened.Hosted, opened));
        }
        return leases;
    }

    /// <summary>Takes over the bonds that an earlier service had in other namespaces, as far as these can be found, and watches for the end of
    /// namespaces.</summary>
    public async Task ResumeAsync()
    {
        if (opener is null)
            return;
        foreach (var found in opener.FindWithState(Own.Identity))
        {
            using (found)
            {
                var entered = await EnterAsync(found);
                entered.Value?.Dispose();
                if (entered.Refusal is { } refusal)
                    Log.NamespaceNotHosted(log, found.Id, refusal.Message);
            }
        }
        _timer = new Timer(_ => _ = SweepAsync(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Closes those namespaces that ended or have nothing to do.</summary>
    internal async Task SweepAsync()
    {
        // Closing one may take longer than the interval.
        if (!await _sweeping.WaitAsync(0))
            return;
        try
        {
            foreach (var opened in await OpenedAsync())
            {
                if (opened.IsOver() is { } reason && opened.TryClose())
                {
                    Log.NamespaceClosed(log, opened.Hosted.Identity.Name!, reason);
                    Close(opened, leavesBonds: false);
                    // Its threads have ended.
                    opened.Hosted.Registry.Rollback.Drop();
                }
            }
        }
        catch (Exception e)
        {
            Log.WriterFault(log, e);
        }
        finally
        {
            _sweeping.Release();
        }
    }

    /// <summary>Closes all others: no caller enters any more.</summary>
    /// <param name="leavesBonds">Whether the bonds stay for another service.</param>
    public async Task CloseOthersAsync(bool leavesBonds)
    {
        lock (_gate)
            _isClosing = true;
        await _sweeping.WaitAsync();
        foreach (var opened in await OpenedAsync())
            Close(opened, leavesBonds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_timer is { } timer)
            await timer.DisposeAsync();
        _sweeping.Dispose();
    }

    // Never throws: others wait for its result, too.
    private async Task<Answer<OpenedNamespace>> OpenAsync(NetworkNamespace netns)
    {
        Answer<OpenedNamespace> answer;
        try
        {
            answer = await opener!.OpenAsync(netns);
        }
        catch (Exception e)
        {
            answer = Refusals.Request($"the network namespace {netns.Id} cannot be served: {e.Message}");
        }
        if (answer.Value is { } opened)
            Log.NamespaceHosted(log, opened.Hosted.Identity.Name!);
        else
            netns.Dispose();
        return answer;
    }

    private async Task<List<OpenedNamespace>> OpenedAsync()
    {
        List<Task<Answer<OpenedNamespace>>> all;
        lock (_gate)
            all = [.. _others.Values];
        var opened = new List<OpenedNamespace>();
        foreach (var one in all)
        {
            if ((await one).Value is { } value)
                opened.Add(value);
        }
        return opened;
    }

    private void Close(OpenedNamespace opened, bool leavesBonds)
    {
        lock (_gate)
            _others.Remove(opened.Hosted.Identity.Id);
        opened.Close(leavesBonds);
    }

    private void Remove(string id, Task<Answer<OpenedNamespace>> opening)
    {
        lock (_gate)
        {
            if (_others.TryGetValue(id, out var present) && present == opening)
                _others.Remove(id);
        }
    }
}

/// <summary>The right to use a namespace, until it is disposed of.</summary>
/// <param name="Hosted">The namespace.</param>
/// <param name="Opened">What was entered; null for the service's own.</param>
internal sealed record NamespaceLease(HostedNamespace Hosted, OpenedNamespace? Opened) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Opened?.Leave();
}

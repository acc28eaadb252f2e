using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Writer;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Namespaces;

/// <summary>
/// Bonds as clients see them, with fresh counters. Waits for the writer thread and for the kernel's RTNL lock at most <see
/// cref="Patience"/> each; after that, returns the state last seen. Thread-safe.
/// </summary>
/// <param name="writer">The writer thread.</param>
/// <param name="snapshots">What it publishes.</param>
/// <param name="network">The kernel's interfaces.</param>
/// <param name="netns">The name of the network namespace; null for the service's own.</param>
/// <param name="log">Receives problems of the kernel's answers.</param>
internal sealed class BondView(WriterThread writer, Snapshots snapshots, INetwork network, string? netns, ILogger log) : IDisposable
{
    /// <summary>Maximum wait for the writer thread, and for reading interfaces.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    // Threads of the pool are in no particular network namespace.
    private readonly Housekeeping _reader = new("reader", log);

    // One client at a time has interfaces read.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The number of bonds.</summary>
    public async Task<int> CountAsync() => (await KnownAsync()).Count;

    /// <summary>All bonds, in the order of their creation.</summary>
    public async Task<IReadOnlyList<BondResource>> ListAsync()
    {
        var fresh = await RefreshAsync(await KnownAsync());
        return [.. fresh.Select(bond => Named(bond).Resource)];
    }

    /// <summary>One bond.</summary>
    public async Task<Answer<BondSnapshot>> ShowAsync(string name)
    {
        if (Find(await KnownAsync(), name) is not { } known)
            return Refusals.NoBond(name);
        var fresh = await RefreshAsync([known]);
        return Find(fresh, name) is { } bond ? Named(bond) : Refusals.NoBond(name);
    }

    /// <summary>Waits until the interfaces have been read.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _turn.Dispose();
    }

    private BondSnapshot Named(BondSnapshot bond) => bond with { Resource = bond.Resource with { Netns = netns } };

    private static BondSnapshot? Find(IReadOnlyList<BondSnapshot> all, string name) =>
        all.FirstOrDefault(bond => bond.Resource.Name == name);

    // Until the service has taken over the bonds of an earlier one, clients wait for that.
    private async Task<IReadOnlyList<BondSnapshot>> KnownAsync() => snapshots.All ?? await writer.Ask(_ => snapshots.All ?? []);

    private async Task<IReadOnlyList<BondSnapshot>> RefreshAsync(IReadOnlyList<BondSnapshot> known)
    {
        var readings = await ReadAsync(known);
        var refreshed = writer.Ask(_ => snapshots.Refresh(readings));
        return await Task.WhenAny(refreshed, Task.Delay(Patience)) == refreshed ? await refreshed : snapshots.All ?? known;
    }

    private async Task<IReadOnlyDictionary<string, LinkReading?>> ReadAsync(IReadOnlyList<BondSnapshot> known)
    {
        if (await _turn.WaitAsync(Patience))
        {
            // Continues after the clients have stopped waiting.
            var read = StartReading(known);
            if (await Task.WhenAny(read, Task.Delay(Patience)) == read)
                return await read;
        }
        return known.ToDictionary(bond => bond.Resource.Name, static _ => (LinkReading?)null, StringComparer.Ordinal);
    }

    private Task<Dictionary<string, LinkReading?>> StartReading(IReadOnlyList<BondSnapshot> known)
    {
        var done = new TaskCompletionSource<Dictionary<string, LinkReading?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reader.Post(() => done.SetResult(ReadNow(known)));
        return done.Task;
    }

    private Dictionary<string, LinkReading?> ReadNow(IReadOnlyList<BondSnapshot> known)
    {
        try
        {
            return known.ToDictionary(bond => bond.Resource.Name, bond => ReadNow(bond.Outlook), StringComparer.Ordinal);
        }
        finally
        {
            _turn.Release();
        }
    }

    private LinkReading? ReadNow(Outlook outlook)
    {
        try
        {
            return network.Read(outlook);
        }
        catch (InvalidOperationException e)
        {
            Logging.Log.CannotLook(log, e.Message);
            return null;
        }
    }
}

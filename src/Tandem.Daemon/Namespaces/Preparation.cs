using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Daemon.Writer;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Namespaces;

/// <summary>
/// Carries out requests that let interfaces join or create a bond, one after the other. What is to be restored must be on disk before anything is changed; it is read and written on the
/// housekeeping thread before the request itself, so that the writer thread waits neither for the disk nor for the kernel's list of addresses.
/// </summary>
/// <param name="writer">Carries out the requests.</param>
/// <param name="bonds">The bonds.</param>
/// <param name="network">The interfaces.</param>
/// <param name="aside">Runs work on the housekeeping thread, after all that was queued before.</param>
internal sealed class Preparation(WriterThread writer, BondSet bonds, INetwork network, Action<Action> aside) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Carries out a request on the writer thread, after what it may change was stored.</summary>
    /// <param name="bond">The bond that it concerns; it may not exist yet.</param>
    /// <param name="members">Names of interfaces that may join.</param>
    /// <param name="request">The request, with monotonic ns.</param>
    /// <exception cref="WriterBusyException">The writer thread takes no more requests.</exception>
    public Task<T> CarryOutAsync<T>(string bond, IEnumerable<string> members, Func<long, T> request) =>
        CarryOutAsync([(bond, members)], request);

    /// <summary>The same for a request that concerns several bonds.</summary>
    public async Task<T> CarryOutAsync<T>(IReadOnlyList<(string Bond, IEnumerable<string> Members)> concerned, Func<long, T> request)
    {
        // What one request sets down, the next one would otherwise find down.
        await _turn.WaitAsync();
        try
        {
            return await CarryOutAloneAsync(concerned, request);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> CarryOutAloneAsync<T>(IReadOnlyList<(string Bond, IEnumerable<string> Members)> concerned, Func<long, T> request)
    {
        var found = await OnHousekeeping(() =>
            concerned
                .Select(one =>
                    (one.Bond, Device: network.Capture(one.Bond), Found: one.Members.Select(network.Capture).OfType<SavedMember>().ToList())
                )
                .ToList()
        );
        var writes = await writer.Ask(_ =>
            found.Select(one => bonds.Prepare(one.Bond, one.Device, one.Found)).OfType<Func<string?>>().ToList()
        );
        if (writes.Count > 0 && await OnHousekeeping(() => WriteAll(writes)))
        {
            // The request finds out by itself what cannot be stored, and is refused only if it needs it.
            await writer.Ask(_ => End(found));
        }
        T answer;
        try
        {
            answer = await writer.Ask(now =>
            {
                try
                {
                    return request(now);
                }
                finally
                {
                    End(found);
                }
            });
        }
        catch (WriterBusyException)
        {
            writer.Post(() => End(found));
            throw;
        }
        // What was prepared in vain is gone before the client learns that it was.
        if (writes.Count > 0)
            await OnHousekeeping(() => WriteAll(writes));
        return answer;
    }

    /// <summary>What bringing bonds back concerns.</summary>
    public static IReadOnlyList<(string Bond, IEnumerable<string> Members)> Concerned(IReadOnlyList<RememberedBond> bonds) =>
        [.. bonds.Select(bond => (bond.Name, bond.Members.Select(member => member.Name)))];

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // Whether one of them could not be written.
    private static bool WriteAll(List<Func<string?>> writes)
    {
        var hasFailed = false;
        foreach (var write in writes)
            hasFailed |= write() is not null;
        return hasFailed;
    }

    private bool End(List<(string Bond, SavedMember? Device, List<SavedMember> Found)> found)
    {
        foreach (var (bond, _, members) in found)
            bonds.EndPreparing(bond, members);
        return true;
    }

    /// <summary>Does work on the housekeeping thread.</summary>
    public Task<T> OnHousekeeping<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        aside(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }
}

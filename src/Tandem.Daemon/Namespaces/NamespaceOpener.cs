using Tandem.Daemon.Bonds;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Namespaces;

/// <summary>Opens network namespaces other than the service's own.</summary>
/// <param name="state">The directory of the state files.</param>
/// <param name="handedOver">Open devices of bonds that an earlier process handed over.</param>
/// <param name="kept">Open devices of bonds, for the next process.</param>
/// <param name="host">Creates the parts that run a namespace's bonds, on a thread in that namespace.</param>
/// <param name="log">Receives messages.</param>
internal sealed class NamespaceOpener(
    PrivateDirectory state,
    HandedOver handedOver,
    KeptDevices kept,
    Func<NamespaceIdentity, INetwork, ILogger, HostedNamespace> host,
    ILogger log
)
{
    /// <summary>Opens a namespace, and takes over the bonds that an earlier service had there. On success it owns the descriptor.</summary>
    /// <exception cref="InvalidOperationException">The namespace cannot be entered, or the kernel refuses a socket.</exception>
    public async Task<Answer<OpenedNamespace>> OpenAsync(NetworkNamespace netns)
    {
        OpenedNamespace? opened = null;
        Task? takenOver = null;
        var entered = netns.Run(
            "opening",
            () =>
            {
                var identity = NamespaceIdentity.OfOther(netns);
                if (StateLock.TryTake(state, identity.Surroundings) is not { } taken)
                    return;
                opened = Open(netns, identity, taken);
                takenOver = opened.Hosted.TakeOver();
                opened.Hosted.Start();
            }
        );
        if (!entered.IsOk)
            throw new InvalidOperationException(entered.ToString());
        if (opened is null)
            return Refusals.Request(
                $"{netns.Id}: another tandemd runs in this network namespace with the state directory {state.Path}; talk to it by its own socket (--socket)"
            );
        await takenOver!;
        return opened;
    }

    /// <summary>The namespaces for which state files of this boot are left; those that cannot be found are logged.</summary>
    /// <param name="state">The directory of the state files.</param>
    /// <param name="own">The service's own namespace, which is left out.</param>
    /// <param name="log">Receives messages.</param>
    public static IEnumerable<NetworkNamespace> FindWithState(PrivateDirectory state, NamespaceIdentity own, ILogger log)
    {
        var wanted = StateStore.NamespacesIn(state, own.Surroundings.Boot);
        wanted.Remove(own.Surroundings.Namespace);
        if (wanted.Count == 0)
            yield break;
        foreach (var found in NetworkNamespaces.All())
        {
            ulong cookie = 0;
            if (found.Id != own.Id && found.Run("searching", () => cookie = Surroundings.Read().Namespace).IsOk && wanted.Remove(cookie))
                yield return found;
            else
                found.Dispose();
        }
        foreach (var missing in wanted)
            Log.NamespaceNotFound(log, missing, state.Path);
    }

    /// <summary>The same for this service.</summary>
    public IEnumerable<NetworkNamespace> FindWithState(NamespaceIdentity own) => FindWithState(state, own, log);

    private OpenedNamespace Open(NetworkNamespace netns, NamespaceIdentity identity, StateLock taken)
    {
        HostedNamespace? hosted = null;
        try
        {
            var network = new LinuxNetwork(handedOver, kept, identity.Surroundings.Namespace);
            hosted = host(identity, network, new NamespaceLog(log, identity.Name!));
            hosted.Subscribe();
            return new OpenedNamespace(hosted, netns, new NamespaceUse(identity.Id), taken);
        }
        catch
        {
            hosted?.Dispose();
            taken.Dispose();
            throw;
        }
    }
}

using Tandem.Config.Files;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Http;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Namespaces;
using Tandem.Daemon.Writer;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Hosting;

/// <summary>The service: creates its parts, starts and stops them in order.</summary>
internal sealed class Service : IAsyncDisposable
{
    // Where the files of other namespaces than the service's own are, beside its own.
    private const string OthersShown = "netns";

    private const UnixFileMode OpenToReaders =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly HostedNamespaces _namespaces;
    private readonly ApiServer _api;
    private readonly NetworkNamespace? _here;
    private readonly string? _configuration;
    private readonly ILogger _log;

    /// <summary>Creates the parts; nothing runs yet.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="state">The directory of the state files.</param>
    /// <param name="identity">The service's own network namespace, that of the calling thread.</param>
    /// <param name="network">The interfaces of that namespace.</param>
    /// <param name="logs">Receives messages.</param>
    /// <param name="time">The clocks.</param>
    /// <param name="elsewhere">What serves callers in other namespaces; null to serve none.</param>
    public Service(
        Settings settings,
        PrivateDirectory state,
        NamespaceIdentity identity,
        INetwork network,
        ILoggerProvider logs,
        TimeProvider time,
        Elsewhere? elsewhere = null
    )
    {
        var log = _log = logs.CreateLogger("tandemd");
        _configuration = settings.Configuration;
        var hub = new EventHub();
        _here = elsewhere?.Here;
        Clock = new MonotonicClock(time);
        var shown = Path.GetDirectoryName(settings.Socket) ?? "/";
        Own = new HostedNamespace(identity, network, state, shown, Clock, hub.Publish, log);
        var opener = elsewhere is null ? null : new NamespaceOpener(state, elsewhere.HandedOver, elsewhere.Kept, Host, log);
        // What a killed service left of namespaces that may have ended since.
        if (Own.Trees.IsKept && Directory.Exists(Path.Combine(shown, OthersShown)))
            Directory.Delete(Path.Combine(shown, OthersShown), recursive: true);
        HostedNamespace Host(NamespaceIdentity other, INetwork interfaces, ILogger itsLog) =>
            new(other, interfaces, state, FolderOf(shown, other.Name!), Clock, hub.Publish, itsLog);
        _namespaces = new HostedNamespaces(Own, opener, log);
        _api = new ApiServer(settings.Socket, _namespaces, _here, hub, logs, time);
    }

    /// <summary>The clock of the brains.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>The bonds of the service's own network namespace.</summary>
    public HostedNamespace Own { get; }

    /// <summary>
    /// Takes over the bonds of an earlier service, and accepts requests. The socket comes first: if it cannot be opened, nothing was
    /// taken over that would have to be released. Early requests wait in the writer's queue behind the takeover.
    /// </summary>
    public async Task StartAsync()
    {
        var takenOver = Own.TakeOver();
        await _api.StartAsync();
        Own.Start();
        await takenOver;
        await MakeBondsAsync();
        await _namespaces.ResumeAsync();
    }

    /// <summary>Reports to the service manager's watchdog until it is disposed of.</summary>
    public Watchdog WatchSelf() => new(() => _namespaces.Writers);

    /// <summary>Whether the bonds stay when the service ends, for another service to take over.</summary>
    public bool LeavesBonds { get; set; }

    // Where others may write, the service's own files are not kept either, and no folder is made.
    private string FolderOf(string shown, string netns)
    {
        if (!Own.Trees.IsKept)
            return shown;
        var folder = Path.Combine(shown, OthersShown, netns);
        foreach (var made in (string[])[Path.GetDirectoryName(folder)!, folder])
        {
            Directory.CreateDirectory(made);
            // Readable by all, as /sys is; the service's umask would hide it.
            File.SetUnixFileMode(made, OpenToReaders);
        }
        return folder;
    }

    // Files with errors are not used at all: half of a configuration may be worse than none.
    private async Task MakeBondsAsync()
    {
        if (_configuration is null || !Directory.Exists(_configuration))
            return;
        var read = ConfigurationReader.Read(_configuration);
        foreach (var error in read.Errors)
            Log.FileError(_log, error.ToString());
        if (!read.IsValid)
            Log.FilesNotUsed(_log, _configuration);
        foreach (var bond in read.Bonds)
        {
            await Own.Requests.CarryOutAsync(
                bond.Name,
                bond.Spec.Members?.Select(member => member.Name) ?? [],
                now =>
                {
                    // After a rollback the files still hold what was refused.
                    if (Own.Registry.Rollback.RefusalOfFile(bond.Name) is { } refusal && Own.Registry.Bonds.Find(bond.Name) is null)
                        Log.NotMade(_log, bond.Name, refusal);
                    else
                        Own.Registry.Files.Make(now, bond.Name, bond.Spec);
                    return true;
                }
            );
        }
    }

    /// <summary>Finishes queued requests, restores members, removes the bonds, and sends the last events before the API stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _namespaces.CloseOthersAsync(LeavesBonds);
        // From here on requests are refused as busy, so nobody creates a bond after the last one was removed.
        if (_here is { } here)
            here.Run("closing", () => Own.Close(LeavesBonds));
        else
            Own.Close(LeavesBonds);
        try
        {
            await _api.DisposeAsync();
        }
        finally
        {
            await _namespaces.DisposeAsync();
            Own.Dispose();
        }
    }
}

/// <summary>What a service needs to serve callers in other network namespaces.</summary>
/// <param name="Here">The service's own namespace. Threads of the pool may be in others: they inherit it from the thread that needs them first.</param>
/// <param name="HandedOver">Open devices of bonds that an earlier process handed over.</param>
/// <param name="Kept">Open devices of bonds, for the next process.</param>
internal sealed record Elsewhere(NetworkNamespace Here, HandedOver HandedOver, KeptDevices Kept);

using System.Runtime.InteropServices;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Http;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux;

ProcessRights.KeepFilesPrivate();

const int Stopped = 0;
const int CannotStart = 1;
const int NotUnderstood = 2;

if (!Settings.TryParse(args, out var settings, out var problem))
{
    Console.Error.WriteLine($"tandemd: {problem}");
    return NotUnderstood;
}
if (settings.WantsHelp || settings.WantsVersion)
{
    Console.Out.Write(settings.WantsHelp ? Settings.Help : $"tandemd {BondEndpoints.Version}\n");
    return Stopped;
}

using var logs = new LineLoggerProvider(Console.Error, LineLoggerProvider.JournalReads, settings.LogLevel, TimeProvider.System);
var log = logs.CreateLogger("tandemd");
try
{
    return await RunAsync();
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
{
    Log.CannotStart(log, e.Message);
    return CannotStart;
}

async Task<int> RunAsync()
{
    if (Prerequisites.Problem() is { } missing)
        return Refuse(missing);
    var here = Surroundings.Read();
    SocketFile.MakeDirectory(settings.Socket);
    using var taken = StateLock.TryTake(settings.State, here);
    if (taken is null)
        return Refuse(
            $"another tandemd runs in this network namespace with the state directory {settings.State}; stop it, or choose another with --state"
        );
    if (SocketFile.Prepare(settings.Socket) is { } inTheWay)
        return Refuse(inTheWay);

    var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.TrySetResult();
    }
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

    await using (var service = new Service(settings, here, new LinuxNetwork(), logs, TimeProvider.System))
    {
        using var links = service.Watch();
        using var guards = service.WatchGuards();
        await service.StartAsync();
        links.Start();
        guards.Start();
        Log.Started(log, BondEndpoints.Version, settings.Socket);
        ServiceManager.Ready();
        await stop.Task;
        ServiceManager.Stopping();
        Log.Stopping(log);
    }
    Log.Stopped(log);
    return Stopped;
}

int Refuse(string reason)
{
    Log.CannotStart(log, reason);
    return CannotStart;
}

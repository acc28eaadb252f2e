using System.Runtime;
using System.Runtime.CompilerServices;
using Tandem.Daemon;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Http;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Mounts;
using Tandem.Daemon.Namespaces;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

ProcessRights.KeepFilesPrivate();

// LACPDUs must not wait for a full garbage collection: only short ones stop the threads, unless memory is scarce.
GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;

const int Stopped = 0;
const int CannotStart = 1;
const int NotUnderstood = 2;
const int AnotherRuns = 3;

// How long the kernel may take to clean up after a killed service.
var OfAKilledOne = TimeSpan.FromSeconds(1);

// The runtime's console configures a terminal for key input, which is not used here, and leaves it so; for a dumb terminal it has no
// sequences.
Environment.SetEnvironmentVariable("TERM", "dumb");

if (!Settings.TryParse(args, out var settings, out var problem))
{
    Console.Error.WriteLine($"tandemd: {problem}");
    return NotUnderstood;
}
if (settings.WantsHelp || settings.WantsVersion)
{
    Console.Out.Write(settings.WantsHelp ? Settings.Help : $"tandemd {ServiceVersion.Text}\n");
    return Stopped;
}
if (settings.WantsCheck)
{
    if ((settings.WantsMount ? MountCommand.Problem() : Prerequisites.Problem()) is not { } lacking)
        return Stopped;
    Console.Error.WriteLine($"tandemd: {lacking}");
    return CannotStart;
}
if (settings.WantsDoctor)
    return DoctorEndpoint.Print(Console.Out) ? Stopped : CannotStart;

// Read now: later the file may have been replaced.
var program = Environment.ProcessPath;
var wantsMounts = settings.WantsMount || settings.WantsUnmount;
if (!settings.WantsFlush && !wantsMounts)
    HoldSignals();
var handedOver = HandedOver.Read(Environment.GetEnvironmentVariable);

using var logs = new LineLoggerProvider(Console.Error, LineLoggerProvider.JournalReads, settings.LogLevel, TimeProvider.System);
var log = logs.CreateLogger("tandemd");
try
{
    if (wantsMounts)
        return (settings.WantsUnmount ? MountCommand.Unmount(settings, log) : MountCommand.Keep(settings, log)) ? Stopped : CannotStart;
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
    using var here = NetworkNamespace.OfThisThread();
    var identity = NamespaceIdentity.OfService(here);
    SocketFile.MakeDirectory(settings.Socket);
    var opened = StateDirectory.Open(settings);
    if (opened.Value is not { } state)
        return Refuse($"the state directory cannot be used: {opened.Error.Detail ?? opened.Error.ToString()}; choose another with --state");
    using var owned = state;
    using var taken = await StateLock.TakeAsync(state, identity.Surroundings, OfAKilledOne);
    if (taken is null)
        return Refuse(
            $"another tandemd runs in this network namespace with the state directory {state.Path}; stop it{(settings.WantsFlush ? " first" : ", or choose another with --state")}",
            AnotherRuns
        );
    if (settings.WantsFlush)
        return FlushAll(state, identity) ? Stopped : CannotStart;
    if (SocketFile.Prepare(settings.Socket, out var isTaken) is { } inTheWay)
        return Refuse(inTheWay, isTaken ? AnotherRuns : CannotStart);

    // After a reload the manager's watchdog continues. Its next message follows the takeover, which has a whole period.
    ServiceManager.Alive();
    var kept = new KeptDevices();
    var network = new LinuxNetwork(handedOver, kept, netns: null);
    SignalWish end;
    await using (
        var service = new Service(settings, state, identity, network, logs, TimeProvider.System, new Elsewhere(here, handedOver, kept))
    )
    {
        service.Own.Subscribe();
        await service.StartAsync();
        handedOver.Dispose();
        Log.Started(log, ServiceVersion.Text, settings.Socket);
        ServiceManager.Ready();
        using var watchdog = service.WatchSelf();
        end = await Signals.AwaitEndAsync(CanBeReplaced);
        service.LeavesBonds = end != SignalWish.Stop;
        if (end == SignalWish.Replace)
            ServiceManager.Reloading(service.Clock.Now);
        else
            ServiceManager.Stopping();
        Announce(end);
    }
    if (end == SignalWish.Replace)
        return Succeed(here, kept);
    Log.Stopped(log);
    return Stopped;
}

// The runtime started threads before this program's first line, and they would still receive signals. After another exec the first thread
// blocks the signals, and so do all others. Not with a JIT: there the process may be `dotnet`, with other arguments.
void HoldSignals()
{
    if (!HeldSignals.Hold() && program is not null && !RuntimeFeature.IsDynamicCodeSupported)
        _ = Succession.Become(program, args, HandedOver.OwnEnvironment(), []);
}

bool CanBeReplaced()
{
    var inTheWay =
        program is null ? "the program's file is not known"
        : Succession.CanExecute(program) is { IsOk: false } refused ? refused.ToString()
        // With a JIT, the program may be `dotnet`, with other arguments.
        : RuntimeFeature.IsDynamicCodeSupported ? null
        : Trial.Run(program, args);
    if (inTheWay is not null)
        Log.CannotBeReplaced(log, inTheWay);
    return inTheWay is null;
}

void Announce(SignalWish end)
{
    switch (end)
    {
        case SignalWish.Replace:
            Log.Succeeded(log, program!);
            break;
        case SignalWish.Leave:
            Log.Leaving(log);
            break;
        default:
            Log.Stopping(log);
            break;
    }
}

// Returns only on failure. The bonds are then in the state after a kill, for the next service to take over.
int Succeed(NetworkNamespace here, KeptDevices kept)
{
    // The program runs in the namespace of the thread that executes it.
    if (here.Enter() is { IsOk: false } stuck)
        return Refuse(stuck.ToString());
    var devices = kept.All;
    var environment = HandedOver.EnvironmentFor(devices);
    return Refuse(Succession.Become(program!, args, environment, devices.Select(device => device.Device)).ToString());
}

bool FlushAll(PrivateDirectory state, NamespaceIdentity identity)
{
    var isClean = FlushHere(state, identity.Surroundings, netns: null);
    foreach (var found in NamespaceOpener.FindWithState(state, identity, log))
    {
        var isDone = false;
        using (found)
            isClean &= found.Run("flushing", () => isDone = FlushOther(state, Surroundings.Read())).IsOk && isDone;
    }
    return isClean;
}

// What another service has there is left to it.
bool FlushOther(PrivateDirectory state, Surroundings there)
{
    using var taken = StateLock.TryTake(state, there);
    return taken is null || FlushHere(state, there, there.Namespace);
}

bool FlushHere(PrivateDirectory state, Surroundings here, ulong? netns)
{
    using var network = new LinuxNetwork(handedOver, new KeptDevices(), netns);
    return Flush.Run(network, new StateStore(state, here, log), log);
}

int Refuse(string reason, int status = CannotStart)
{
    Log.CannotStart(log, reason);
    return status;
}

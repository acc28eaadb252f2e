using Tandem.Linux.Mounting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.Mounts;

/// <summary>
/// Keeps the driver's files where programs look for them, in this process's mount namespace: <c>/proc/net/bonding</c>, <c>bonding</c> in the folders of
/// bonds, <c>bonding_slave</c> in those of members. It follows the files that the service keeps: they go when the service is stopped, and stay when it is
/// killed or replaced.
/// </summary>
/// <param name="folder">What the mounts are made of.</param>
/// <param name="log">Receives what goes wrong.</param>
internal sealed class MountKeeper(MountFolder folder, ILogger log) : IDisposable
{
    private const string ProcNet = "/proc/net";

    // New entries of /proc/net are reported by nobody.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    // The service is in the middle of its files.
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    private readonly FolderWatch _watch = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private bool _hasLink;
    private volatile bool _isStopped;

    /// <summary>Ends <see cref="Run"/>, from any thread.</summary>
    public void Stop()
    {
        _isStopped = true;
        _watch.Wake();
    }

    /// <summary>Keeps the mounts until they are not wanted any more, or <see cref="Stop"/>; then removes them.</summary>
    /// <param name="ready">Called when those are there that can be at the start.</param>
    public void Run(Action ready)
    {
        RemoveStale();
        folder.Clear();
        try
        {
            var rest = Follow();
            File.WriteAllText(folder.Mark, "");
            ready();
            while (!_isStopped && File.Exists(folder.Mark))
            {
                _watch.Wait(rest);
                rest = Follow();
            }
        }
        finally
        {
            RemoveAll();
            folder.Clear();
        }
    }

    /// <summary>Removes what a killed process left in this mount namespace; whether there was something.</summary>
    public static bool RemoveStale(MountFolder folder) =>
        StaleMounts.RemoveFolder(folder.All) | (StaleMounts.RemoveOverlays(folder.Source) > 0);

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private void RemoveStale()
    {
        if (RemoveStale(folder))
            Logging.Log.StaleMountsRemoved(log);
    }

    // Makes the mounts those of the files that there are now; how long to wait for the next change.
    private TimeSpan Follow()
    {
        try
        {
            // First, so that what changes meanwhile is seen the next time.
            foreach (var watched in new[] { folder.Own, Path.GetDirectoryName(folder.All)!, folder.Interfaces })
                _watch.Add(watched);
            var isComplete = FollowInterfaces();
            FollowStatus();
            return isComplete ? s_rest : s_moment;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that went just then, most often.
            ReportOnce(folder.Own, e.Message);
            return s_rest;
        }
    }

    private bool FollowInterfaces()
    {
        var kept = Directory.Exists(folder.Interfaces) ? Directory.GetDirectories(folder.Interfaces) : [];
        var wanted = new Dictionary<string, DeviceFiles>(StringComparer.Ordinal);
        var isComplete = true;
        foreach (var path in kept)
        {
            _watch.Add(path);
            if (DeviceFiles.Read(path) is not { } files)
                continue;
            if (files.IsComplete)
                wanted[Path.GetFileName(path)] = files;
            else
                isComplete = false;
        }
        // An interface of the same name may be another one: what is not shown is mounted anew.
        foreach (var (name, held) in _held.Where(held => !wanted.TryGetValue(held.Key, out var files) || !files.IsShown).ToList())
        {
            held.Overlay.Dispose();
            Forget(held);
            _held.Remove(name);
        }
        foreach (var (name, files) in wanted)
        {
            if (!_held.TryGetValue(name, out var held) || !held.Files.IsSame(files))
                Mount(name, files, held);
        }
        return isComplete;
    }

    private void Mount(string name, DeviceFiles files, Held? held)
    {
        // The kernel's own driver has it, or another service.
        if (held is null && files.IsShown)
        {
            ReportOnce(name, "its folder has the files already");
            return;
        }
        var overlay = held?.Overlay;
        if (overlay is null)
        {
            var opened = DeviceOverlay.Of(files.Device, folder.Source);
            if (opened.Value is null)
            {
                ReportOnce(name, opened.Error.ToString());
                return;
            }
            overlay = opened.Value;
        }
        var layer = folder.MakeLayer(files);
        var contents = files.Folders.Select(kind => new KeyValuePair<string, string>(kind, Path.Combine(files.Kept, kind)));
        var put = overlay.Put(layer, contents);
        if (held is not null)
            Forget(held);
        if (put.IsOk)
        {
            _held[name] = new Held(overlay, files, layer);
            _reported.Remove(name);
            return;
        }
        ReportOnce(name, put.ToString());
        overlay.Dispose();
        _held.Remove(name);
        Directory.Delete(layer, recursive: true);
    }

    private void FollowStatus()
    {
        if (MountFolder.HasDriver)
            ReportOnce(ProcNet, "the kernel's own bonding driver is loaded, and has its files there");
        if (MountFolder.HasDriver || !Directory.Exists(folder.Status))
        {
            RemoveLink();
            return;
        }
        folder.RefreshLinks();
        var put = _hasLink ? LinuxResult.Ok : ProcNetFolder.Put(folder.Links, folder.Link);
        _hasLink = put.IsOk;
        // A service that starts makes its folder anew.
        if (put.IsOk && !HaveSameNames(folder.Status, ProcNetFolder.PathIn(MountFolder.Bonding)))
            put = ProcNetFolder.Fill(MountFolder.Bonding, folder.Status);
        if (!put.IsOk)
            ReportOnce(ProcNet, put.ToString());
    }

    // Without bonds the kept folder may be another one, too, which shows with the first bond.
    private static bool HaveSameNames(string kept, string shown) => NamesIn(kept).SetEquals(NamesIn(shown));

    private static HashSet<string> NamesIn(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).ToHashSet(StringComparer.Ordinal);

    private void RemoveLink()
    {
        if (_hasLink)
            ProcNetFolder.Remove();
        _hasLink = false;
    }

    private void RemoveAll()
    {
        RemoveLink();
        foreach (var held in _held.Values)
            held.Overlay.Dispose();
        _held.Clear();
    }

    private static void Forget(Held held)
    {
        if (Directory.Exists(held.Layer))
            Directory.Delete(held.Layer, recursive: true);
    }

    private void ReportOnce(string what, string problem)
    {
        if (_reported.Add(what))
            Logging.Log.NotMounted(log, what, problem);
    }

    private sealed record Held(DeviceOverlay Overlay, DeviceFiles Files, string Layer);
}

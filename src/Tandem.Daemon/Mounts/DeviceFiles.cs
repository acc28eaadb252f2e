namespace Tandem.Daemon.Mounts;

/// <summary>What the driver has in the folder of an interface, and Tandem in the service's.</summary>
/// <param name="Device">The folder of the interface, below /sys/devices.</param>
/// <param name="Kept">Where the service keeps its files.</param>
/// <param name="Folders">Folders of files: <c>bonding</c>, <c>bonding_slave</c>.</param>
/// <param name="Links">Links to other interfaces, by their names: <c>master</c>, <c>lower_eth0</c>.</param>
internal sealed record DeviceFiles(string Device, string Kept, IReadOnlyList<string> Folders, IReadOnlyDictionary<string, string> Links)
{
    private const string Classes = "/sys/class/net";

    // One that is always there. While it is not, the service is at work.
    private static readonly Dictionary<string, string> s_probes = new(StringComparer.Ordinal)
    {
        ["bonding"] = "mode",
        ["bonding_slave"] = "state",
    };

    /// <summary>Whether the service has written all of it.</summary>
    public bool IsComplete => Folders.Count > 0 && Folders.All(folder => File.Exists(Path.Combine(Kept, folder, s_probes[folder])));

    /// <summary>Whether the folder of the interface shows it.</summary>
    public bool IsShown => Folders.All(folder => File.Exists(Path.Combine(Device, folder, s_probes[folder])));

    /// <summary>Reads the folder that the service keeps for an interface; null if the kernel has no such interface.</summary>
    public static DeviceFiles? Read(string kept)
    {
        if (FolderOf(Path.GetFileName(kept)) is not { } device)
            return null;
        var folders = s_probes.Keys.Where(folder => Directory.Exists(Path.Combine(kept, folder))).ToList();
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(kept).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is not null))
        {
            // Relative, as the kernel's, so that they hold where /sys is mounted elsewhere, too.
            if (FolderOf(Path.GetFileName(entry.LinkTarget!)) is { } other)
                links[entry.Name] = Path.GetRelativePath(device, other);
        }
        return new DeviceFiles(device, kept, folders, links);
    }

    /// <summary>Whether the same is to be mounted.</summary>
    public bool IsSame(DeviceFiles other) =>
        Device == other.Device
        && Folders.SequenceEqual(other.Folders)
        && Links.Count == other.Links.Count
        && Links.All(link => other.Links.TryGetValue(link.Key, out var target) && target == link.Value);

    private static string? FolderOf(string name) =>
        new FileInfo(Path.Combine(Classes, name)).LinkTarget is { } target ? Path.GetFullPath(target, Classes) : null;
}

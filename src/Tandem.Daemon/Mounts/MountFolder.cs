using System.Globalization;
using Tandem.Linux.Hosting;
using Tandem.Linux.Mounting;

namespace Tandem.Daemon.Mounts;

/// <summary>What the mounts of one mount namespace are made of, in <c>mounts/NUMBER</c> beside the socket. Everybody may read it.</summary>
internal sealed class MountFolder
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const string OfThisNamespace = "/proc/self/net";
    private const string Layers = "layers";

    private readonly string _shown;
    private int _layers;

    /// <summary>That of this process's mount namespace.</summary>
    /// <param name="shown">The folder of the socket, in which the service keeps the driver's files.</param>
    public MountFolder(string shown)
    {
        _shown = shown;
        All = Path.Combine(shown, "mounts");
        // mnt:[4026531841]
        var number = new FileInfo("/proc/self/ns/mnt").LinkTarget?.Split('[', ']') is [_, var digits, _] ? digits : "0";
        Own = Path.Combine(All, number);
    }

    /// <summary>The folder of bonds in /proc/net.</summary>
    public const string Bonding = "bonding";

    /// <summary>Whether the kernel's own driver has its folder in /proc/net.</summary>
    public static bool HasDriver => Directory.Exists(Path.Combine(OfThisNamespace, Bonding));

    /// <summary>The folders of all mount namespaces.</summary>
    public string All { get; }

    /// <summary>That of this one.</summary>
    public string Own { get; }

    /// <summary>A file that exists as long as the mounts are wanted. It is written when they are there.</summary>
    public string Mark => Path.Combine(Own, "wanted");

    /// <summary>What /proc/net is to show.</summary>
    public string Links => Path.Combine(Own, "net");

    /// <summary>The link that is mounted over /proc/net.</summary>
    public string Link => Path.Combine(Own, "proc-net");

    /// <summary>What the overlays of this service are called in the table of mounts.</summary>
    public string Source => $"tandem:{_shown}";

    /// <summary>Where the service keeps the folder of bonds as in /proc/net.</summary>
    public string Status => Path.Combine(_shown, "proc/net/bonding");

    /// <summary>Where the service keeps the driver's files of interfaces.</summary>
    public string Interfaces => Path.Combine(_shown, "sys/class/net");

    /// <summary>Makes the folder, and opens it.</summary>
    /// <exception cref="IOException">It cannot be made, or others may write there.</exception>
    public PrivateDirectory Open()
    {
        // Whoever may write there could have it lead to anywhere.
        using (var parent = PrivateDirectory.Open(_shown).Value)
        {
            if (parent is null)
                throw new IOException($"{_shown}: others may write there; accepted: a directory that only its owner may write to");
        }
        Make(All);
        Make(Own);
        return PrivateDirectory.Open(Own) is { Value: { } opened } ? opened : throw new IOException($"{Own}: others may write there");
    }

    /// <summary>Empties it of what an earlier process left.</summary>
    public void Clear()
    {
        File.Delete(Mark);
        File.Delete(Link);
        foreach (var path in new[] { Links, Path.Combine(Own, Layers) })
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Removes it, and the folder of all if it was the last.</summary>
    public void Remove()
    {
        Directory.Delete(Own, recursive: true);
        if (!Directory.EnumerateFileSystemEntries(All).Any())
            Directory.Delete(All);
    }

    /// <summary>Makes the folder for /proc/net and the link to it, or adds and removes what is new and gone there.</summary>
    public void RefreshLinks()
    {
        Make(Links);
        Make(Path.Combine(Links, Bonding));
        if (!Path.Exists(Link) && new FileInfo(Link).LinkTarget is null)
            File.CreateSymbolicLink(Link, ProcNetFolder.LinkTarget);
        var wanted = Directory
            .EnumerateFileSystemEntries(OfThisNamespace)
            .Select(path => Path.GetFileName(path)!)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(Links))
        {
            var name = Path.GetFileName(path);
            if (name != Bonding && !wanted.Remove(name))
                File.Delete(path);
        }
        foreach (var name in wanted)
            File.CreateSymbolicLink(Path.Combine(Links, name), ProcNetFolder.ToOwnFiles + name);
    }

    /// <summary>Makes a layer: empty folders and links.</summary>
    /// <returns>Its path.</returns>
    public string MakeLayer(DeviceFiles files)
    {
        // The kernel forbids changes of a layer that is mounted, so each gets a folder of its own.
        var layers = Path.Combine(Own, Layers);
        var layer = Path.Combine(layers, string.Create(CultureInfo.InvariantCulture, $"{++_layers}"));
        Make(layers);
        Make(layer);
        foreach (var folder in files.Folders)
            Make(Path.Combine(layer, folder));
        foreach (var (name, target) in files.Links)
            File.CreateSymbolicLink(Path.Combine(layer, name), target);
        return layer;
    }

    // The process's umask would hide it.
    private static void Make(string path)
    {
        Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
    }
}

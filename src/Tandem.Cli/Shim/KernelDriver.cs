namespace Tandem.Cli.Shim;

/// <summary>The bonding driver of the kernel. Where there is one, new bonds of <c>ip</c> and <c>modprobe</c> are its own.</summary>
/// <param name="root">The root of the file system.</param>
internal sealed class KernelDriver(string root)
{
    private const string Module = "/bonding.ko";

    private static readonly string[] Folders = ["lib/modules", "usr/lib/modules"];

    /// <summary>Whether it is loaded or built in. In /proc/net there may be the folder of Tandem.</summary>
    public bool IsLoaded =>
        Directory.Exists(Path.Combine(root, "sys/module/bonding")) || Directory.Exists(Path.Combine(root, "proc/self/net/bonding"));

    /// <summary>Whether the running kernel has a module that can be loaded.</summary>
    public bool IsLoadable => Folders.Any(folder => Lists(Path.Combine(root, folder, Release, "modules.dep")));

    /// <summary>Whether the kernel has it, loaded or not.</summary>
    public bool Exists => IsLoaded || IsLoadable;

    private string Release => Read(Path.Combine(root, "proc/sys/kernel/osrelease")).Trim();

    private static bool Lists(string path) =>
        Read(path).Split('\n').Any(line => line.Split(':')[0].Contains(Module, StringComparison.Ordinal));

    private static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

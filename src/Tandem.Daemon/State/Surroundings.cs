using System.Globalization;

namespace Tandem.Daemon.State;

/// <summary>Where this service runs: numbers of interfaces mean something only there.</summary>
/// <param name="Boot">The boot's id.</param>
/// <param name="Namespace">The network namespace's inode.</param>
internal sealed record Surroundings(string Boot, ulong Namespace)
{
    /// <summary>Reads both from /proc.</summary>
    public static Surroundings Read() =>
        new(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), ReadInode(new FileInfo("/proc/self/ns/net").LinkTarget));

    // The link's target is net:[4026531840].
    private static ulong ReadInode(string? target) =>
        target?.Split('[', ']') is [_, var digits, ..]
        && ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? inode
            : throw new InvalidOperationException("/proc/self/ns/net does not say which network namespace this is");
}

using System.Runtime.InteropServices;

namespace Tandem.Linux;

/// <summary>What this process lets others do.</summary>
public static partial class ProcessRights
{
    private const uint GroupAndOthers = 0x3f; // octal 077

    /// <summary>
    /// Files, directories and sockets that are made from now on are their owner's alone, until their mode is set; so there is no
    /// moment at which others can open what is not for them.
    /// </summary>
    public static void KeepFilesPrivate() => _ = UMask(GroupAndOthers);

    // mode_t umask(mode_t mask);
    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UMask(uint mask);
}

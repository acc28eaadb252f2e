using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>What this process permits others.</summary>
public static class ProcessRights
{
    private const uint GroupAndOthers = 0x3f; // octal 077

    /// <summary>
    /// Makes files, directories and sockets created from now on accessible to their owner alone, until their mode is set. So there is no
    /// moment at which others can open them.
    /// </summary>
    public static void KeepFilesPrivate() => _ = Processes.SetFileMask(GroupAndOthers);
}

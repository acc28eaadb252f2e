using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>What this process lets others do.</summary>
public static class ProcessRights
{
    private const uint GroupAndOthers = 0x3f; // octal 077

    /// <summary>
    /// Files, directories and sockets that are made from now on are their owner's alone, until their mode is set; so there is no
    /// moment at which others can open what is not for them.
    /// </summary>
    public static void KeepFilesPrivate() => _ = Processes.SetFileMask(GroupAndOthers);
}

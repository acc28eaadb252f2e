using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Shim;

/// <summary>What to do with a command line of <c>ip</c>.</summary>
internal enum IpAction
{
    /// <summary>Leave it to <c>ip</c>.</summary>
    Pass,

    /// <summary>Show bonds in the output of <c>ip</c>.</summary>
    Show,

    /// <summary>Create a bond.</summary>
    Add,

    /// <summary>Create or change a bond.</summary>
    Replace,

    /// <summary>Change a bond or a member.</summary>
    Set,

    /// <summary>Remove a bond.</summary>
    Delete,
}

/// <summary>Decides whether a command line of <c>ip</c> concerns bonds of Tandem.</summary>
internal static class IpActions
{
    /// <summary>What to do with a command line.</summary>
    /// <exception cref="TandemException">It concerns a bond of a service that does not answer.</exception>
    public static IpAction Of(IpLine line, KnownDevices devices, CommandContext context)
    {
        var verb = line.Words.Count == 0 ? "show" : line.Words[0];
        if (line.Object == "address")
            return !devices.IsEmpty && Keyword.Find(verb, "show", "list", "lst") is not null ? IpAction.Show : IpAction.Pass;
        if (line.Object != "link")
            return IpAction.Pass;
        var words = line.Words.Skip(1).ToList();
        switch (Keyword.Find(verb, "add", "set", "change", "replace", "show", "list", "lst", "delete"))
        {
            case "show" or "list" or "lst":
                return devices.IsEmpty ? IpAction.Pass : IpAction.Show;
            case "add":
                return IsNewBond(words, context) ? IpAction.Add : IpAction.Pass;
            case "replace":
                return IsNewBond(words, context) ? IpAction.Replace : IpAction.Pass;
            case "set" or "change":
                RefuseUnanswered(words, devices, context);
                return words.Any(word => devices.Find(word) is not null) && !IsOfGroup(words) ? IpAction.Set : IpAction.Pass;
            case "delete":
                RefuseUnanswered(words, devices, context);
                return words.Any(word => devices.Find(word)?.Bond is not null) && !IsOfGroup(words) ? IpAction.Delete : IpAction.Pass;
            default:
                return IpAction.Pass;
        }
    }

    // Where the kernel has its driver, new bonds are the driver's.
    private static bool IsNewBond(List<string> words, CommandContext context)
    {
        var kind = words.FindIndex(1, word => word == "bond") is var at and > 0 && Keyword.Matches(words[at - 1], "type") ? at : -1;
        return kind > 0 && !words.Skip(kind + 1).Contains("help") && !new KernelDriver(context.Root).Exists;
    }

    private static bool IsOfGroup(List<string> words) => words is ["group", ..];

    // A killed service leaves its files: its bonds are there, but nobody can change them.
    private static void RefuseUnanswered(List<string> words, KnownDevices devices, CommandContext context)
    {
        if (devices.Unavailable is { } unavailable && words.Any(word => context.HasTraceOf(word)))
            throw unavailable;
    }
}

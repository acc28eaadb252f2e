using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Links;

/// <summary>Words of <c>ip link set</c> that do not concern the service; a command with one of them is passed to <c>ip</c>.</summary>
internal static class IpWords
{
    // csharpier-ignore-start
    private static readonly string[] OneValue =
    [
        "addrgenmode", "alias", "allmulticast", "arp", "brd", "broadcast", "carrier", "dynamic", "group", "gro_ipv4_max_size",
        "gro_max_size", "gso_ipv4_max_size", "gso_max_segs", "gso_max_size", "link-netnsid", "multicast", "name", "netns", "promisc",
        "protodown", "qlen", "state", "trailers", "txqlen", "txqueuelen", "vrf",
    ];

    /// <summary>Words that take the rest of the line.</summary>
    private static readonly string[] Rest = ["protodown_reason", "vf", "xdp", "xdpdrv", "xdpgeneric", "xdpoffload"];
    // csharpier-ignore-end

    /// <summary>Whether <c>ip</c> handles a word.</summary>
    public static bool Has(string word) => OneValue.Contains(word, StringComparer.Ordinal) || Rest.Contains(word, StringComparer.Ordinal);

    /// <summary>Takes the value of a word that <c>ip</c> handles; false for other words.</summary>
    public static bool TryRead(string word, Arguments arguments, out string? value)
    {
        value = null;
        if (OneValue.Contains(word, StringComparer.Ordinal) || (word == "mode" && arguments.Peek is "default" or "dormant"))
        {
            value = arguments.Value(word);
            return true;
        }
        if (!Rest.Contains(word, StringComparer.Ordinal))
            return false;
        do arguments.Value(word);
        while (!arguments.AtEnd);
        return true;
    }
}

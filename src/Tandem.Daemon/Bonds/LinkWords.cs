using System.Collections.Immutable;
using System.Globalization;
using Tandem.Api;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>Puts what the kernel says about an interface into the words of <c>ip</c>.</summary>
internal static class LinkWords
{
    private const ushort ArphrdEther = 1;
    private const ushort ArphrdLoopback = 772;
    private const ushort ArphrdNone = 65534;

    // In the order of ip. RUNNING has no word of its own: NO-CARRIER tells when it is missing.
    private static readonly ImmutableArray<(LinkFlags Flag, string Word)> Words =
    [
        (LinkFlags.Loopback, "LOOPBACK"),
        (LinkFlags.Broadcast, "BROADCAST"),
        (LinkFlags.PointToPoint, "POINTOPOINT"),
        (LinkFlags.Multicast, "MULTICAST"),
        (LinkFlags.NoArp, "NOARP"),
        (LinkFlags.AllMulticast, "ALLMULTI"),
        (LinkFlags.Promiscuous, "PROMISC"),
        (LinkFlags.Master, "MASTER"),
        (LinkFlags.Slave, "SLAVE"),
        (LinkFlags.Debug, "DEBUG"),
        (LinkFlags.Dynamic, "DYNAMIC"),
        (LinkFlags.AutoMedia, "AUTOMEDIA"),
        (LinkFlags.PortSelect, "PORTSEL"),
        (LinkFlags.NoTrailers, "NOTRAILERS"),
        (LinkFlags.Up, "UP"),
        (LinkFlags.LowerUp, "LOWER_UP"),
        (LinkFlags.Dormant, "DORMANT"),
        (LinkFlags.Echo, "ECHO"),
    ];

    private static readonly ImmutableArray<string> OperStates =
    [
        "UNKNOWN",
        "NOTPRESENT",
        "DOWN",
        "LOWERLAYERDOWN",
        "TESTING",
        "DORMANT",
        "UP",
    ];

    private static readonly ImmutableArray<string> AddrGenModes = ["eui64", "none", "stable_secret", "random"];

    /// <summary>Describes an interface.</summary>
    public static LinkAttributes Describe(NamedLink named)
    {
        var link = named.Link;
        return new LinkAttributes
        {
            Ifindex = link.Ifindex,
            Link = named.Below,
            LinkIndex = named.Below is null && link.Link > 0 ? link.Link : null,
            Ifname = link.Name,
            Flags = Flags(link.Flags),
            Mtu = link.Mtu,
            Qdisc = link.Qdisc,
            Master = named.Master,
            Operstate = Word(OperStates, link.OperState),
            Linkmode = link.LinkMode == 0 ? "DEFAULT" : "DORMANT",
            Group = link.Group == 0 ? "default" : link.Group.ToString(CultureInfo.InvariantCulture),
            Txqlen = link.TxQueueLength,
            LinkType = LinkType(link.HardwareType),
            Address = Octets(link.AddressBytes),
            Broadcast = Octets(link.BroadcastBytes),
            LinkNetnsid = link.LinkNetnsid,
            Promiscuity = link.Promiscuity,
            Allmulti = link.AllMulti,
            MinMtu = link.MinMtu,
            MaxMtu = link.MaxMtu,
            Kind = link.Kind,
            Inet6AddrGenMode = link.Inet6AddrGenMode is { } mode ? Word(AddrGenModes, mode) : null,
            NumTxQueues = link.NumTxQueues,
            NumRxQueues = link.NumRxQueues,
            GsoMaxSize = link.GsoMaxSize,
            GsoMaxSegs = link.GsoMaxSegs,
            Stats64 = Counters(link.Statistics),
        };
    }

    /// <summary>The same flags and one more, in its place.</summary>
    public static IReadOnlyList<string> With(string word, IReadOnlyList<string> flags)
    {
        if (flags.Contains(word, StringComparer.Ordinal))
            return flags;
        // A word that is not in the table, NO-CARRIER, stands first.
        var place = Place(word);
        var before = flags.Count(flag => Place(flag) < place);
        return [.. flags.Take(before), word, .. flags.Skip(before)];
    }

    private static int Place(string word)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            if (Words[i].Word == word)
                return i;
        }
        return -1;
    }

    private static List<string> Flags(LinkFlags flags)
    {
        var words = new List<string>();
        if (flags.HasFlag(LinkFlags.Up) && !flags.HasFlag(LinkFlags.Running))
            words.Add("NO-CARRIER");
        foreach (var (flag, word) in Words)
        {
            if (flags.HasFlag(flag))
                words.Add(word);
        }
        return words;
    }

    private static string Word(ImmutableArray<string> words, byte number) =>
        number < words.Length ? words[number] : number.ToString(CultureInfo.InvariantCulture);

    private static string LinkType(ushort hardware) =>
        hardware switch
        {
            ArphrdEther => "ether",
            ArphrdLoopback => "loopback",
            ArphrdNone => "none",
            _ => hardware.ToString(CultureInfo.InvariantCulture),
        };

    private static string? Octets(byte[] bytes) =>
        bytes.Length == 0 ? null : string.Join(':', bytes.Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));

    private static LinkCounters Counters(in LinkStatistics statistics) =>
        new()
        {
            Rx = new ReceiveCounters(
                statistics.RxBytes,
                statistics.RxPackets,
                statistics.RxErrors,
                statistics.RxDropped,
                statistics.RxOverErrors,
                statistics.Multicast
            ),
            Tx = new TransmitCounters(
                statistics.TxBytes,
                statistics.TxPackets,
                statistics.TxErrors,
                statistics.TxDropped,
                statistics.TxCarrierErrors,
                statistics.Collisions
            ),
        };
}

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Random command lines of <c>ip</c> that concern no bond, valid and invalid ones. The devices v0, v1 and br0 exist. The line after a | undoes a
/// change.
/// </summary>
internal sealed class IpLines(int seed)
{
    // csharpier-ignore-start
    private static readonly string[] Options =
    [
        "-d", "-det", "-details", "-s", "-j", "-p", "-j -p", "-o", "-oneline", "-br", "-c", "-c=never", "-color=always", "-4", "-6", "-0", "-a", "-h",
        "-iec", "-t", "-ts", "-r", "-N", "-f inet", "-family inet6", "-fam bridge", "-l 3", "-rc 100000", "-force", "--", "-nosuch", "-n nosuch", "-b /nosuch",
        "-c=x", "-V", "-d -d", "-s -s", "--d", "-netns", "-f",
    ];

    // These name their interface, so they show no bond.
    private static readonly string[] Shown =
    [
        "link show DEV", "link show dev DEV", "l sh DEV", "lin ls dev DEV", "link lst DEV", "li list DEV", "addr show DEV", "a s DEV", "addr show dev DEV",
        "a l DEV", "address ls DEV up", "addr sh DEV scope link", "addr show dev DEV to 10.0.0.0/8", "a sh DEV label v*", "link show master br0",
        "addr show master br0", "link show dev DEV type veth", "link show DEV DEV", "link show dev", "link show nosuch", "addr show nosuch", "link DEV",
        "addr DEV", "link foo", "addr foo", "link help", "addr help", "addr add help", "link show help", "link add type vlan help", "link property show DEV",
        "link xstats type bridge dev br0", "link afstats dev DEV", "route", "r", "route show table all", "ro ls dev DEV", "route get 10.1.0.9",
        "route get nowhere", "rule", "ru sh", "neigh", "n show dev DEV", "neighbour show nud permanent", "maddr show dev DEV", "netns list-id",
        "tunnel show", "tuntap", "tcp_metrics", "netconf show dev DEV", "nexthop", "vrf", "token", "addrlabel", "mrule", "help", "foo", "@", "link @",
        "link show @", "link set @ up", "xfrm state", "xfrm policy", "mptcp limits", "fou show", "sr tunsrc show", "ioam namespace show", "netns exec",
        "link set nosuch up", "link set dev nosuch master br0", "link set DEV master nosuch", "link set DEV mtu 1", "link set DEV mtu x", "link del nosuch",
        "link add x0 type nosuch", "link add type", "link add x0", "link add br0 type bridge", "addr add bad dev DEV", "addr add 10.9.0.1/24 dev nosuch",
        "addr del 10.99.0.1/24 dev DEV", "route add 10.9.0.0/16 via 192.0.2.1", "link set DEV type bond miimon 100", "link set DEV", "link set", "link delete",
        "link show vrf nosuch", "link show group nosuch", "link set DEV type bond_slave prio 1", "link set DEV bad word",
    ];

    // These show all interfaces, so they are used only without bonds.
    private static readonly string[] All =
    [
        "link", "l", "addr", "a", "link show", "addr show", "a s", "link ls up", "link show type veth", "link show type bridge", "link show group default",
        "addr show up", "addr show scope global", "link show type nosuch", "link show nomaster", "addr show primary", "addr show type bridge", "link show type bond",
        "link show type bond_slave", "addr show permanent",
    ];

    private static readonly string[] Changes =
    [
        "link set DEV mtu 1400|link set DEV mtu 1500", "link set dev DEV alias hello|link set DEV alias @", "li se DEV txqlen 7|link set DEV txqlen 1000",
        "addr add 10.7.0.1/24 dev DEV|addr del 10.7.0.1/24 dev DEV", "a a 10.7.0.2/24 dev DEV label DEV:x|addr del 10.7.0.2/24 dev DEV",
        "link add b9 type bridge|link del b9", "link add name b9 type bridge stp_state 1|link del b9", "link add x8 type veth peer name x9|link del x8",
        "link set v1 nomaster|link set v1 master br0", "link set v1 nom|link set v1 master br0", "route add 10.9.0.0/16 dev v0|route del 10.9.0.0/16",
        "rule add from 10.8.0.0/16 table 7 prio 77|rule del prio 77", "neigh add 10.1.0.77 lladdr 02:00:00:00:00:77 dev v0|neigh del 10.1.0.77 dev v0",
        "link property add dev DEV altname other|link property del dev DEV altname other", "link set DEV multicast off|link set DEV multicast on",
        "link change DEV arp off|link set DEV arp on",
    ];

    private static readonly string[] Devices = ["v0", "v1", "br0"];
    // csharpier-ignore-end

    private readonly Random _random = new(seed);

    /// <summary>Some lines.</summary>
    /// <param name="count">How many.</param>
    /// <param name="withLists">Whether some of them show all interfaces.</param>
    public IEnumerable<string> Take(int count, bool withLists) => Enumerable.Range(0, count).Select(_ => Next(withLists));

    private string Next(bool withLists)
    {
        var options = string.Join(' ', Enumerable.Range(0, _random.Next(4)).Select(_ => Of(Options)));
        var command =
            _random.Next(5) == 0 ? Of(Changes)
            : withLists && _random.Next(3) == 0 ? Of(All)
            : Of(Shown);
        var device = Of(Devices);
        return $"{options} {command}".Trim().Replace("DEV", device, StringComparison.Ordinal);
    }

    private string Of(string[] choices) => choices[_random.Next(choices.Length)];
}

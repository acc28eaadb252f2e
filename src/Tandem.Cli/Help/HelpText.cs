using System.Reflection;
using System.Text;
using Tandem.Api;
using Tandem.Core.Options;

namespace Tandem.Cli.Help;

/// <summary>Help at every level. What there is to say about options comes from the option table.</summary>
internal static class HelpText
{
    /// <summary>The version without what the build adds to it.</summary>
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    /// <summary>The answer to <c>tandem version</c>.</summary>
    public static string VersionLine => $"tandem {Version}";

    /// <summary><c>tandem help</c>.</summary>
    public static string Top =>
        $"""
            Usage: tandem [ OPTIONS ] OBJECT {"{"} COMMAND | help {"}"}

            Objects
              link      bonds and members, in the words of ip link
              show      state of bonds, in the text of /proc/net/bonding
              monitor   events as they happen
              explain   which member a frame takes, and why
              lacp      what LACP knows of members, and what they wait for (802.3ad)
              alb       who carries what, which peer was told which member, and why (balance-alb, balance-tlb)
              doctor    what this machine offers, what will be used, what is missing
              version   the version of this command
              help      this text; also after every object

            Options
              -d[etails]      everything about a link
              -s[tatistics]   counters too
              -j[son]         JSON
              -p[retty]       JSON on many lines
              -o[neline]      each link on one line
              -br[ief]        of each link its name, state, address and flags
              -V[ersion]      the version of this command
              -h[elp]         this text; after an object, help about that
              --socket PATH   where the service listens ({Endpoints.DefaultSocket}, or ${Endpoints.SocketVariable})

            Exit codes
              0    done
              1    no such device, an unknown object, or an unknown word after "type bond" or "type bond_slave";
                   doctor: no bond can be made here
              2    the service refused it, or does not answer
              255  the command line is wrong; nothing was done

            """;

    /// <summary><c>tandem link help</c>.</summary>
    public static string Link =>
        """
            Usage: tandem link add [ dev ] NAME [ up | down ] [ address MAC ] [ mtu BYTES ] type bond [ OPTION VALUE ]...
                   tandem link set [ dev ] NAME [ up | down ] [ address MAC ] [ mtu BYTES ] [ type bond [ OPTION VALUE ]... ]
                   tandem link set [ dev ] NAME { master BOND | nomaster } [ up | down ] [ type bond_slave [ OPTION VALUE ]... ]
                   tandem link set [ dev ] NAME WORDS OF IP
                   tandem link delete [ dev ] NAME
                   tandem link [ show | list ] [ [ dev ] NAME ] [ type { bond | bond_slave } ] [ master BOND ] [ up ]

            Other words of "ip link set" (alias, name, netns, txqueuelen ...), and all words for interfaces that are no bonds, go to ip.
            Without NAME, "link add" takes the first of bond0, bond1 ... that is free.
            Words may be shortened as with ip: "tandem l set bond0 up", "tandem link del bond0".
            Options of bonds:    tandem link add type bond help
            Options of members:  tandem link set type bond_slave help

            """;

    /// <summary><c>tandem link add type bond help</c>.</summary>
    public static string Bond =>
        Options(
            "Usage: ... type bond [ OPTION VALUE ]...",
            "clear_active_slave takes no value: the bond chooses its active member anew.\nA list at the end of the line may be left out, which clears it.",
            BondOptionTable.Bond
        );

    /// <summary><c>tandem link set type bond_slave help</c>.</summary>
    public static string Member => Options("Usage: ... type bond_slave [ OPTION VALUE ]...", null, BondOptionTable.Member);

    /// <summary><c>tandem show help</c>.</summary>
    public static string Show =>
        """
            Usage: tandem [ -j | -s ] show [ BOND ]

            The state of a bond, or of all, in the text of /proc/net/bonding/BOND; with -j as the service's JSON. With -s, what
            "tandem alb" prints stands behind it for bonds of the modes balance-alb and balance-tlb.

            """;

    /// <summary><c>tandem monitor help</c>.</summary>
    public static string Monitor =>
        """
            Usage: tandem [ -j ] monitor

            Events as they happen, a line each, until Ctrl-C; with -j a JSON object a line. When the service ends, its return is
            waited for.

            """;

    /// <summary><c>tandem explain help</c>.</summary>
    public static string Explain =>
        $"""
            Usage: tandem [ -j ] explain [ BOND | --members N ] [ --mode MODE ] [ --policy POLICY ] QUESTION

            Which member a frame takes, and why: what the data path does with it. For a live BOND by the plan that its service carries
            out now, which in balance-tlb and balance-alb moves with the load; in 802.3ad also why a member carries nothing. Else by
            the plan of a described bond whose members all have a link.

            QUESTION
              --frame HEX          a frame in hexadecimal digits from its destination address on; - for a frame a line from standard input
              --pcap FILE          the share of each member in a capture (pcap, pcapng); --policy all, or none, shows all policies
              --src ADDRESS:PORT --dst ADDRESS:PORT [ --proto NAME ]
                                   a flow ([2001:db8::1]:443 for IPv6); --proto is tcp unless given
              --src-mac MAC        the flow's source address; the bond's own unless given (02:00:00:00:00:01 without a bond)
              --dst-mac MAC        its destination address; 02:00:00:00:00:02 unless given
              --vlan NUMBER        its VLAN

            MODE    {BondOptions.Known.Mode.Accepted}; balance-xor unless given
            POLICY  {BondOptions.Known.HashPolicy.Accepted}; layer2 unless given

            """;

    /// <summary><c>tandem lacp help</c>.</summary>
    public static string Lacp =>
        """
            Usage: tandem [ -j ] lacp [ BOND ]

            What LACP knows of each member of a bond of mode 802.3ad, or of all such bonds: both ends' state in words, since when, what the
            member waits for if it carries no traffic, what was counted, and the last ten transitions with their reasons; with -j as in the
            service's JSON.

            """;

    /// <summary><c>tandem alb help</c>.</summary>
    public static string Alb =>
        """
            Usage: tandem [ -j ] alb [ BOND ]

            How a bond of mode balance-alb or balance-tlb balances, or all such bonds: with which address each member sends, how many of the
            256 buckets of what is sent it carries, and how many bytes a second they had when last measured; in balance-alb the table of
            peers: of which address of this host, the address that ARP told them, the member that has it, since when, and why; and the last
            buckets that moved, with their reasons. With -j as in the service's JSON.

            """;

    /// <summary><c>tandem doctor help</c>.</summary>
    public static string Doctor =>
        """
            Usage: tandem [ -j ] doctor

            What this machine offers, what will be used of it, and what each missing thing costs. The running service looks, with its own
            rights; where none runs, tandemd --doctor does, with yours. Nothing is changed, and nothing is left behind.

            STATUS
              ok        it is there
              limited   it is there, and not all of it, or with something to mind
              missing   it is not there
              unknown   it could not be found out, for want of rights as a rule

            Exit codes
              0    a bond can be made
              1    no bond can be made
              2    nobody could look: no service answers, and tandemd is not to be found

            """;

    private static string Options(string usage, string? note, IEnumerable<BondOption> options)
    {
        var text = new StringBuilder(usage).Append("\n\n");
        foreach (var option in options)
        {
            text.Append("  ").Append(option.Keyword);
            if (option.Alias is { } alias)
                text.Append(" | ").Append(alias);
            text.Append("\n      ").Append(option.Help);
            text.Append("\n      ").Append(option.Accepted);
            if (option.Kind is OptionKind.Choice or OptionKind.Number or OptionKind.Switch)
                text.Append("; ").Append(new OptionValue(option.Default).Format(option)).Append(" unless set");
            if (option.Modes != ModeSet.All)
                text.Append("\n      modes: ").AppendJoin(", ", ModesOf(option));
            if (option.SpelledOut)
                text.Append("\n      not to be shortened");
            text.Append('\n');
        }
        if (note is not null)
            text.Append('\n').Append(note).Append('\n');
        return text.ToString();
    }

    private static IEnumerable<string> ModesOf(BondOption option) =>
        Enum.GetValues<BondMode>().Where(option.AppliesTo).Select(mode => BondOptions.Known.Mode.Choices[(int)mode]);
}

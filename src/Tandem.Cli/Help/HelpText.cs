using System.Reflection;
using System.Text;
using Tandem.Api;
using Tandem.Core.Options;

namespace Tandem.Cli.Help;

/// <summary>Help texts. Those about options are derived from the option table.</summary>
internal static class HelpText
{
    /// <summary>The version, without the build metadata.</summary>
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    /// <summary>The output of <c>tandem version</c>.</summary>
    public static string VersionLine => $"tandem {Version}";

    /// <summary><c>tandem help</c>.</summary>
    /// <param name="objects">The commands, one a line.</param>
    public static string Top(string objects) =>
        $"""
            Usage: tandem [ OPTIONS ] OBJECT {"{"} COMMAND | help {"}"}

            Objects
            {objects}

            Options
              -d[etails]      all details of a link
              -s[tatistics]   with counters
              -j[son]         JSON
              -p[retty]       indented JSON
              -o[neline]      each link on one line
              -br[ief]        only name, state, address and flags of each link
              -n[etns] NAME   the bonds of that network namespace (ip netns), instead of this one's
              -a[ll]          show, lacp, alb, monitor: those of all network namespaces
              -V[ersion]      the version of this command
              -h[elp]         this text; after an object, its help
              --socket PATH   where the service listens ({Endpoints.DefaultSocket}, or ${Endpoints.SocketVariable})

            Exit codes
              0    success
              1    no such device, an unknown object, or an unknown word after "type bond" or "type bond_slave";
                   doctor: no bond can be created here; apply: there are no files; import: no bonds; confirm: nothing waits
              2    the service refused the request, or does not answer
              255  the command line is wrong, or a file; nothing was sent

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

            Other words of "ip link set" (alias, name, netns, txqueuelen ...), and all words for interfaces that are not bonds, are passed to ip.
            Without NAME, "link add" uses the first free name of bond0, bond1 ...
            Words may be abbreviated as with ip: "tandem l set bond0 up", "tandem link del bond0".
            Options of bonds:    tandem link add type bond help
            Options of members:  tandem link set type bond_slave help

            """;

    /// <summary><c>tandem link add type bond help</c>.</summary>
    public static string Bond =>
        Options(
            "Usage: ... type bond [ OPTION VALUE ]...",
            "clear_active_slave takes no value: the bond reselects its active member.\nAt the end of the line the value of a list may be left out, which clears the list.",
            BondOptionTable.Bond
        );

    /// <summary><c>tandem link set type bond_slave help</c>.</summary>
    public static string Member => Options("Usage: ... type bond_slave [ OPTION VALUE ]...", null, BondOptionTable.Member);

    /// <summary><c>tandem show help</c>.</summary>
    public static string Show =>
        """
            Usage: tandem [ -j | -s ] show [ BOND ]

            Shows the state of a bond, or of all, in the format of /proc/net/bonding/BOND; with -j the service's JSON. With -s, bonds
            in mode balance-alb or balance-tlb are followed by the output of "tandem alb".

            """;

    /// <summary><c>tandem monitor help</c>.</summary>
    public static string Monitor =>
        """
            Usage: tandem [ -j ] monitor

            Prints events as they happen, one per line, until Ctrl-C; with -j one JSON object per line. If the service ends, the
            command waits for it to come back.

            """;

    /// <summary><c>tandem explain help</c>.</summary>
    public static string Explain =>
        $"""
            Usage: tandem [ -j ] explain [ BOND | --members N ] [ --mode MODE ] [ --policy POLICY ] QUESTION

            Explains which member a frame takes, and why. For a running BOND it uses the plan that the data path uses now (in
            balance-tlb and balance-alb the plan follows the load), and in 802.3ad shows why members carry nothing. Otherwise it
            uses the plan of a described bond whose members all have a link.

            QUESTION
              --frame HEX          a frame in hexadecimal digits from its destination address on; - reads one frame per line from standard input
              --pcap FILE          each member's share of a capture (pcap, pcapng); with --policy all, or without --policy, for all policies
              --src ADDRESS:PORT --dst ADDRESS:PORT [ --proto NAME ]
                                   a flow ([2001:db8::1]:443 for IPv6); default of --proto: tcp
              --src-mac MAC        the flow's source address; default: the bond's own (02:00:00:00:00:01 without a bond)
              --dst-mac MAC        its destination address; default: 02:00:00:00:00:02
              --vlan NUMBER        its VLAN ID

            MODE    {BondOptions.Known.Mode.Accepted}; default: balance-xor
            POLICY  {BondOptions.Known.HashPolicy.Accepted}; default: layer2

            """;

    /// <summary><c>tandem lacp help</c>.</summary>
    public static string Lacp =>
        """
            Usage: tandem [ -j ] lacp [ BOND ]

            Shows the LACP state of a bond in mode 802.3ad, or of all such bonds. For each member: the state of both ends and its
            time, what the member waits for if it carries no traffic, its counters, and the last ten transitions with their
            reasons. With -j the service's JSON.

            """;

    /// <summary><c>tandem alb help</c>.</summary>
    public static string Alb =>
        """
            Usage: tandem [ -j ] alb [ BOND ]

            Shows how a bond in mode balance-alb or balance-tlb, or all such bonds, balance traffic. For each member: its source
            address, how many of the 256 buckets of sent traffic it carries, and their last measured load in bytes/s. In
            balance-alb for each peer: the host's address that it talks to, the MAC address that ARP gave it, the member with that
            address, since when, and why. Finally the last buckets that moved, with their reasons. With -j the service's JSON.

            """;

    /// <summary><c>tandem doctor help</c>.</summary>
    public static string Doctor =>
        """
            Usage: tandem [ -j ] doctor

            Shows what this machine supports, what will be used, and what each missing facility costs. The running service examines
            the machine with its own rights; if none runs, tandemd --doctor does with yours. Nothing is changed or left behind.

            STATUS
              ok        present
              limited   present, but incomplete or with a caveat
              missing   not present
              unknown   cannot be determined, usually for lack of rights

            Exit codes
              0    a bond can be created
              1    no bond can be created
              2    nothing was examined: no service answers, and tandemd was not found

            """;

    /// <summary><c>tandem shim help</c>.</summary>
    public static string Shim =>
        """
            Usage: tandem shim { install | remove | mount | unmount | status }

            Puts Tandem behind the commands that users and scripts know: after "tandem shim install", as root,

              modprobe bonding
              ip link add bond0 type bond mode 4
              ip link set eth0 master bond0
              ip -d link show bond0

            work where the kernel has no bonding driver. Files, which "remove" removes and "status" tells about:

              /usr/local/sbin/ip          passes what is not about bonds to the real ip, untouched
              /usr/local/sbin/ifenslave   ifenslave
              /etc/modprobe.d/tandem.conf modprobe bonding, modprobe -r bonding

            Where the kernel has its own driver, loaded or not, modprobe and new bonds of ip are left to it.

            "mount" puts the driver's files where programs look for them: /proc/net/bonding, bonding/ in /sys/class/net/BOND, and
            bonding_slave/ and master in /sys/class/net/MEMBER, for all processes of this mount namespace. They follow the bonds.
            Where systemd runs, they come back after a boot. Meanwhile the folders of bonds and members in /sys cannot be written
            ("echo 1400 > /sys/class/net/bond0/mtu" fails), the entries of /proc/net are links, and rootless containers cannot mount
            /proc or /sys. "unmount" is the way back.

            """;

    /// <summary><c>tandem sysfs help</c>.</summary>
    public static string Sysfs =>
        """
            Usage: tandem sysfs PATH
                   tandem sysfs PATH VALUE

            Reads a file that the driver has in /sys/class/net, or writes it with "echo VALUE > PATH" in the driver's grammar and
            with its errors:

              tandem sysfs bonding_masters +bond0              creates a bond; -bond0 removes it
              tandem sysfs bond0/bonding/mode 802.3ad          a name or a number; the bond is down and has no members
              tandem sysfs bond0/bonding/slaves +eth0          an interface that is down joins; -eth0 is released
              tandem sysfs bond0/bonding/arp_ip_target +ADDR   a target more; -ADDR: one less
              tandem sysfs bond0/bonding/queue_id eth0:2
              tandem sysfs eth0/bonding_slave/state            read only

            PATH may begin with /sys/class/net. Numeric options also take "off", "minval", "maxval" and "default" where the driver does.

            """;

    /// <summary><c>tandem module help</c>.</summary>
    public static string Module =>
        """
            Usage: tandem module load [ PARAMETER=VALUE ]...
                   tandem module unload

            "load" does what "modprobe bonding" does: it starts the service if none runs, creates max_bonds bonds (default: 1), and keeps
            the parameters as defaults for bonds that "ip link add" creates later. If it is loaded already, nothing changes.
            "unload" does what "modprobe -r bonding" does: it removes all bonds and forgets the defaults. The service keeps running.

            PARAMETER  max_bonds, tx_queues, num_grat_arp, num_unsol_na, miimon, updelay, downdelay, use_carrier, mode, primary,
                       primary_reselect, lacp_rate, ad_select, min_links, xmit_hash_policy, arp_interval, arp_ip_target,
                       arp_validate, arp_all_targets, fail_over_mac, all_slaves_active, resend_igmp, packets_per_slave, lp_interval

            """;

    /// <summary><c>tandem ifenslave help</c>.</summary>
    public static string Ifenslave =>
        """
            Usage: tandem ifenslave BOND MEMBER...      make interfaces members; they are set down first
                   tandem ifenslave -d BOND MEMBER...   release members
                   tandem ifenslave -c BOND MEMBER      make a member the active one
                   tandem ifenslave -a                  show all bonds
                   tandem ifenslave BOND                show a bond

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
                text.Append("; default: ").Append(new OptionValue(option.Default).Format(option));
            if (option.Modes != ModeSet.All)
                text.Append("\n      modes: ").AppendJoin(", ", ModesOf(option));
            if (option.SpelledOut)
                text.Append("\n      no abbreviation");
            text.Append('\n');
        }
        if (note is not null)
            text.Append('\n').Append(note).Append('\n');
        return text.ToString();
    }

    private static IEnumerable<string> ModesOf(BondOption option) =>
        Enum.GetValues<BondMode>().Where(option.AppliesTo).Select(mode => BondOptions.Known.Mode.Choices[(int)mode]);
}

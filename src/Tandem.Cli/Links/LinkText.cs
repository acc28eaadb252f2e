using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary>Links in the text format of <c>ip link show</c>, including its blanks at line ends.</summary>
internal static class LinkText
{
    /// <summary>Formats a link on two or more lines, without the final newline.</summary>
    public static string Format(ListedLink listed, bool details, bool statistics)
    {
        var text = new StringBuilder();
        AppendHead(text, listed.Link);
        AppendAddress(text, listed.Link);
        if (details)
            AppendDetails(text, listed);
        if (statistics && listed.Link.Stats64 is { } counters)
            text.Append(CounterText.Format(counters));
        return text.ToString();
    }

    /// <summary>A link on one line, in the format of <c>ip -br link show</c>.</summary>
    public static string FormatBrief(LinkAttributes link) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{NameOf(link), -16} {link.Operstate ?? "", -14} {(link.Address is { } address ? address + " " : "")}<{string.Join(',', link.Flags)}> "
        );

    /// <summary>A bond's options on one line: <c>mode balance-rr miimon 0 ...</c>, with a blank after each.</summary>
    public static string FormatOptions(JsonObject options)
    {
        var text = new StringBuilder();
        foreach (var option in BondOptionTable.Bond)
        {
            if (options.ContainsKey(option.JsonName))
                Append(text, option.Keyword, OptionText.Of(option, options[option.JsonName]));
            // The active aggregator follows ad_select, by which it was selected.
            if (option.Keyword == "ad_select" && options["ad_info"] is JsonObject info)
            {
                foreach (var (key, value) in info)
                    Append(text, "ad_" + key, OptionText.Of(value));
            }
        }
        return text.ToString();
    }

    /// <summary>A member's state and options on one line: <c>state ACTIVE mii_status UP ...</c>, with a blank after each.</summary>
    public static string FormatMember(MemberResource member)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in member.Data)
            Append(text, key, value is JsonArray list ? $"<{OptionText.Of(list)}>" : OptionText.Of(value));
        return text.ToString();
    }

    private static void AppendHead(StringBuilder text, LinkAttributes link)
    {
        text.Append(CultureInfo.InvariantCulture, $"{link.Ifindex}: {NameOf(link)}: <{string.Join(',', link.Flags)}> mtu {link.Mtu} ");
        Append(text, "qdisc", link.Qdisc);
        Append(text, "master", link.Master);
        Append(text, "state", link.Operstate);
        Append(text, "mode", link.Linkmode);
        Append(text, "group", link.Group);
        Append(text, "qlen", link.Txqlen);
        TrimEnd(text);
    }

    // The name with the device below, or with that device's ifindex if it is in another namespace.
    private static string NameOf(LinkAttributes link) =>
        link.Link is { } below ? $"{link.Ifname}@{below}"
        : link.LinkIndex is { } index ? string.Create(CultureInfo.InvariantCulture, $"{link.Ifname}@if{index}")
        : link.Ifname;

    private static void AppendAddress(StringBuilder text, LinkAttributes link)
    {
        text.Append("\n    link/").Append(link.LinkType ?? "none").Append(' ');
        if (link.Address is not null)
            text.Append(link.Address).Append(' ');
        Append(text, "brd", link.Broadcast);
        Append(text, "link-netnsid", link.LinkNetnsid);
        TrimEnd(text);
    }

    private static void AppendDetails(StringBuilder text, ListedLink listed)
    {
        var link = listed.Link;
        text.Append(' ');
        if (link.Promiscuity is { } promiscuity)
            text.Append(CultureInfo.InvariantCulture, $"promiscuity {promiscuity}  ");
        Append(text, "allmulti", link.Allmulti);
        Append(text, "minmtu", link.MinMtu);
        Append(text, "maxmtu", link.MaxMtu);
        if (listed.Bond is { } bond)
            text.Append("\n    bond ").Append(FormatOptions(bond.Options));
        if (listed.Bond?.DataPathReason is { } reason)
            text.Append("\n    data_path ").Append(listed.Bond.DataPath).Append(": ").Append(reason).Append("\n    ");
        if (listed.Member is { } member)
        {
            if (link.Kind is not null)
                text.Append("\n    ").Append(link.Kind).Append(' ');
            text.Append("\n    bond_slave ").Append(FormatMember(member));
        }
        Append(text, "addrgenmode", link.Inet6AddrGenMode);
        Append(text, "numtxqueues", link.NumTxQueues);
        Append(text, "numrxqueues", link.NumRxQueues);
        Append(text, "gso_max_size", link.GsoMaxSize);
        Append(text, "gso_max_segs", link.GsoMaxSegs);
    }

    private static void Append(StringBuilder text, string label, object? value)
    {
        if (value is not null)
            text.Append(CultureInfo.InvariantCulture, $"{label} {value} ");
    }

    private static void TrimEnd(StringBuilder text)
    {
        while (text is [.., ' '])
            text.Length--;
    }
}

using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>
/// The keys of options in files: netplan's where it has one, otherwise the option's keyword with dashes. Further keys that netplan accepts
/// are accepted too.
/// </summary>
internal static class OptionKeys
{
    private static readonly FrozenDictionary<string, string> Netplan = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["mode"] = "mode",
        ["lacp_rate"] = "lacp-rate",
        ["miimon"] = "mii-monitor-interval",
        ["min_links"] = "min-links",
        ["xmit_hash_policy"] = "transmit-hash-policy",
        ["ad_select"] = "ad-select",
        ["all_slaves_active"] = "all-slaves-active",
        ["arp_interval"] = "arp-interval",
        ["arp_ip_target"] = "arp-ip-targets",
        ["arp_validate"] = "arp-validate",
        ["arp_all_targets"] = "arp-all-targets",
        ["updelay"] = "up-delay",
        ["downdelay"] = "down-delay",
        ["fail_over_mac"] = "fail-over-mac-policy",
        ["num_grat_arp"] = "gratuitous-arp",
        ["packets_per_slave"] = "packets-per-slave",
        ["primary_reselect"] = "primary-reselect-policy",
        ["resend_igmp"] = "resend-igmp",
        ["lp_interval"] = "learn-packet-interval",
        ["primary"] = "primary",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // netplan's later names, and its earlier misspelling.
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["all-members-active"] = "all_slaves_active",
        ["packets-per-member"] = "packets_per_slave",
        ["gratuitious-arp"] = "num_grat_arp",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, BondOption> Bond = BondOptionTable.Bond.ToFrozenDictionary(Of, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, BondOption> Member = BondOptionTable.Member.ToFrozenDictionary(
        Of,
        StringComparer.Ordinal
    );

    /// <summary>The key of an option.</summary>
    public static string Of(BondOption option) =>
        option.Scope == OptionScope.Bond && Netplan.TryGetValue(option.Name, out var key) ? key : option.Keyword.Replace('_', '-');

    /// <summary>Whether netplan knows the option.</summary>
    public static bool IsNetplan(BondOption option) => option.Scope == OptionScope.Bond && Netplan.ContainsKey(option.Name);

    /// <summary>All keys of a scope.</summary>
    public static IEnumerable<string> All(OptionScope scope) => Table(scope).Keys;

    /// <summary>Finds an option by its key.</summary>
    public static bool TryFind(OptionScope scope, string key, [NotNullWhen(true)] out BondOption? option) =>
        Table(scope).TryGetValue(key, out option)
        || (
            scope == OptionScope.Bond
            && Aliases.TryGetValue(key, out var name)
            && BondOptionTable.TryFind(OptionScope.Bond, name, out option)
        );

    /// <summary>Finds an option by a name that other tools use, such as <c>miimon</c> or <c>xmit-hash-policy</c>.</summary>
    public static bool TryFindElsewhere(OptionScope scope, string name, [NotNullWhen(true)] out BondOption? option) =>
        BondOptionTable.TryFind(scope, name.Replace('-', '_'), out option);

    /// <summary>A message of the option table with the keys of files in place of keywords.</summary>
    public static string Reword(string message)
    {
        var text = new StringBuilder(message.Length);
        for (var i = 0; i < message.Length; )
        {
            var end = i;
            while (end < message.Length && (char.IsAsciiLetterOrDigit(message[end]) || message[end] == '_'))
                end++;
            if (end == i)
            {
                text.Append(message[i++]);
                continue;
            }
            var word = message[i..end];
            text.Append(Array.Find([.. BondOptionTable.Bond], option => option.Keyword == word) is { } option ? Of(option) : word);
            i = end;
        }
        return text.ToString();
    }

    private static FrozenDictionary<string, BondOption> Table(OptionScope scope) => scope == OptionScope.Bond ? Bond : Member;
}

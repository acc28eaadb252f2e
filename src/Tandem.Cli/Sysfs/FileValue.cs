using System.Globalization;
using Tandem.Core.Options;

namespace Tandem.Cli.Sysfs;

/// <summary>Values as the driver's files have them: digits alone are a number, anything else is compared with the names of values.</summary>
internal static class FileValue
{
    private const string Default = "default";
    private const string Off = "off";
    private const string Lowest = "minval";
    private const string Highest = "maxval";

    // The driver marks no default for these.
    private static readonly string[] s_withoutDefault = ["lacp_rate", "peer_notif_delay"];

    private static readonly string[] s_withOff =
    [
        "miimon",
        "updelay",
        "downdelay",
        "arp_interval",
        "min_links",
        "peer_notif_delay",
        "num_grat_arp",
        "resend_igmp",
    ];

    private static readonly string[] s_withLowest = ["lp_interval", "ad_actor_sys_prio", "ad_user_port_key", "arp_missed_max"];

    /// <summary>The value as the service takes it; null if the file has no such value.</summary>
    public static string? Read(BondOption option, string value)
    {
        if (option.Kind is not (OptionKind.Choice or OptionKind.Number))
            return value;
        if (value.Length > 0 && value.All(char.IsAsciiDigit))
            return value;
        if (value == Default && !s_withoutDefault.Contains(option.Name))
            return option.Default.ToString(CultureInfo.InvariantCulture);
        if (option.Kind == OptionKind.Choice)
            return option.Choices.Contains(value) ? value : null;
        return value switch
        {
            Off when s_withOff.Contains(option.Name) => "0",
            Lowest when s_withLowest.Contains(option.Name) => option.Min.ToString(CultureInfo.InvariantCulture),
            Highest when s_withLowest.Contains(option.Name) || s_withOff.Contains(option.Name) || option.Name == "packets_per_slave" =>
                option.Max.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}

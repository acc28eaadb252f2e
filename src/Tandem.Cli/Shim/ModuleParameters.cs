using Tandem.Cli.CommandLine;
using Tandem.Core.Options;

namespace Tandem.Cli.Shim;

/// <summary>
/// The parameters of the driver's module. Unlike an option of a bond, a number out of range is replaced by its default, with a warning; an unknown
/// name of a choice is refused.
/// </summary>
internal sealed class ModuleParameters
{
    private const int UsualQueues = 16;
    private const int MaxQueues = 255;

    // Numbers, with their range as parameters.
    private static readonly (string Name, long Min, long Max, long Default)[] Numbers =
    [
        ("max_bonds", 0, int.MaxValue, 1),
        ("tx_queues", 1, MaxQueues, UsualQueues),
        ("num_grat_arp", 0, 255, 1),
        ("num_unsol_na", 0, 255, 1),
        ("miimon", 0, int.MaxValue, 0),
        ("updelay", 0, int.MaxValue, 0),
        ("downdelay", 0, int.MaxValue, 0),
        ("use_carrier", 1, 1, 1),
        ("min_links", 0, int.MaxValue, 0),
        ("arp_interval", 0, int.MaxValue, 0),
        ("all_slaves_active", 0, 1, 0),
        ("resend_igmp", 0, 255, 1),
        ("packets_per_slave", 0, 65535, 1),
        ("lp_interval", 1, int.MaxValue, 1),
    ];

    private static readonly string[] Choices =
    [
        "mode",
        "primary_reselect",
        "lacp_rate",
        "ad_select",
        "xmit_hash_policy",
        "arp_validate",
        "arp_all_targets",
        "fail_over_mac",
    ];

    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    private ModuleParameters() { }

    /// <summary>Options of bonds, by their keywords: those that have an effect.</summary>
    public SortedDictionary<string, string> Options { get; } = new(StringComparer.Ordinal);

    /// <summary>Number of bonds to create.</summary>
    public long MaxBonds { get; private set; } = 1;

    /// <summary>Number of transmit queues of bonds; null for the usual number.</summary>
    public int? TransmitQueues { get; private set; }

    /// <summary>What was replaced or ignored.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads words of the form <c>NAME=VALUE</c>; the last value of a name counts.</summary>
    /// <exception cref="CommandException">The driver refuses a parameter.</exception>
    public static ModuleParameters Read(IEnumerable<string> words)
    {
        var parameters = new ModuleParameters();
        foreach (var word in words)
            parameters.Take(word);
        parameters.Resolve();
        return parameters;
    }

    private void Take(string word)
    {
        var parts = word.Split('=', 2);
        var name = parts[0].Replace('-', '_');
        var isNumber = Array.Exists(Numbers, number => number.Name == name);
        if (!isNumber && !Choices.Contains(name) && name is not ("primary" or "arp_ip_target"))
        {
            _warnings.Add($"{name}: no such parameter; ignored");
            return;
        }
        var value = parts.Length == 2 ? parts[1] : throw Refused(name, "the value is missing", $"{name}=VALUE");
        if (isNumber && !TryNumber(value, out _))
            throw Refused($"{name}={value}", "not a number", "a whole number");
        _given[name] = value;
    }

    private void Resolve()
    {
        var chosen = Choice("mode");
        Set("mode", chosen);
        var mode = (BondMode)(chosen ?? 0);
        MaxBonds = Number("max_bonds") ?? 1;
        TransmitQueues = (int?)Number("tx_queues");
        foreach (var name in new[] { "min_links", "all_slaves_active", "resend_igmp", "packets_per_slave", "lp_interval" })
            Set(name, Number(name));
        Set("num_grat_arp", Number("num_grat_arp") ?? Number("num_unsol_na"));
        Set("ad_select", Choice("ad_select"));
        Set("fail_over_mac", Choice("fail_over_mac"));
        Set("lacp_rate", mode == BondMode.Lacp ? Choice("lacp_rate") : Unused("lacp_rate", mode));
        var hashes = mode is not (BondMode.BalanceRoundRobin or BondMode.ActiveBackup or BondMode.Broadcast);
        Set("xmit_hash_policy", hashes ? Choice("xmit_hash_policy") : Unused("xmit_hash_policy", mode));
        ResolveCarrier();
        ResolveMonitors(mode);
        ResolvePrimary(mode);
    }

    private void ResolveCarrier()
    {
        if (_given.TryGetValue("use_carrier", out var carrier) && TryNumber(carrier, out var number) && number != 1)
            throw Refused($"use_carrier={carrier}", "not supported", "1");
    }

    private void ResolveMonitors(BondMode mode)
    {
        var miimon = Number("miimon") ?? 0;
        if (miimon == 0 && mode is BondMode.Lacp or BondMode.BalanceTlb or BondMode.BalanceAlb)
        {
            if (_given.ContainsKey("miimon"))
                _warnings.Add($"miimon=0: {NameOf(mode)} needs it; 100 is used");
            miimon = 100;
        }
        var interval = Number("arp_interval") ?? 0;
        if (miimon > 0 && interval > 0)
        {
            _warnings.Add($"arp_interval={interval}: not together with miimon ({miimon}); the ARP monitor is off");
            interval = 0;
        }
        interval = ResolveTargets(interval);
        Set("miimon", miimon > 0 ? miimon : null);
        Set("arp_interval", interval > 0 ? interval : null);
        foreach (var delay in new[] { "updelay", "downdelay" })
        {
            var value = Number(delay) ?? 0;
            if (value > 0 && miimon == 0)
                _warnings.Add($"{delay}={value}: has no effect without miimon");
            Set(delay, value > 0 && miimon > 0 ? value : null);
        }
        if (_given.ContainsKey("arp_validate"))
        {
            if (interval == 0)
                throw Refused("arp_validate", "needs the ARP monitor", "arp_interval and arp_ip_target with it");
            Set("arp_validate", Choice("arp_validate"));
        }
        Set("arp_all_targets", Choice("arp_all_targets"));
    }

    private long ResolveTargets(long interval)
    {
        if (_given.GetValueOrDefault("arp_ip_target") is { Length: > 0 } targets)
        {
            if (OptionParser.TryParse(Option("arp_ip_target"), targets, out _, out var error))
            {
                Options["arp_ip_target"] = targets;
                return interval;
            }
            _warnings.Add($"{error!.Message}; the ARP monitor is off");
            return 0;
        }
        if (interval > 0)
            _warnings.Add($"arp_interval={interval}: has no effect without arp_ip_target");
        return 0;
    }

    private void ResolvePrimary(BondMode mode)
    {
        if (_given.GetValueOrDefault("primary") is not { Length: > 0 } primary)
            return;
        if (!Option("primary").AppliesTo(mode))
        {
            Unused("primary", mode);
            return;
        }
        Options["primary"] = primary;
        Set("primary_reselect", Choice("primary_reselect"));
    }

    private long? Unused(string name, BondMode mode)
    {
        if (_given.TryGetValue(name, out var value))
            _warnings.Add($"{name}={value}: has no effect in mode {NameOf(mode)}");
        return null;
    }

    private void Set(string name, long? number)
    {
        if (number is not { } value)
            return;
        var option = Option(name);
        Options[option.Keyword] = new OptionValue(value).Format(option);
    }

    private long? Number(string name)
    {
        if (!_given.TryGetValue(name, out var text) || !TryNumber(text, out var number))
            return null;
        var (_, min, max, usual) = Array.Find(Numbers, candidate => candidate.Name == name);
        if (number >= min && number <= max)
            return number;
        _warnings.Add($"{name}={text}: out of range; {usual} is used; accepted: {min} to {max}");
        return usual;
    }

    private long? Choice(string name)
    {
        if (!_given.TryGetValue(name, out var text))
            return null;
        var option = Option(name);
        if (!OptionParser.TryParse(option, text, out var value, out _))
            throw Refused($"{name}={text}", "no such value", option.Accepted);
        return value.Number;
    }

    private static bool TryNumber(string text, out long number) =>
        WholeNumber.TryParse(text, out number) && number is >= int.MinValue and <= int.MaxValue;

    private static string NameOf(BondMode mode) => BondOptions.Known.Mode.Choices[(int)mode];

    private static BondOption Option(string name) => BondOptionTable.Get(OptionScope.Bond, name);

    // modprobe shows status 1 as "Invalid argument", as it does if the driver refuses.
    private static CommandException Refused(string what, string reason, string accepted) =>
        new(ExitCode.NotFound, $"{what}: {reason}; accepted: {accepted}");
}

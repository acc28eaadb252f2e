using System.Globalization;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>Reads the values in requests, before anything is changed.</summary>
internal static class RequestReader
{
    /// <summary>Reads options by name with their values as text.</summary>
    public static Answer<IReadOnlyList<KeyValuePair<BondOption, OptionValue>>> Options(
        OptionScope scope,
        IReadOnlyDictionary<string, string>? options
    )
    {
        var changes = new List<KeyValuePair<BondOption, OptionValue>>();
        foreach (var (name, text) in options ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (!BondOptionTable.TryFind(scope, name, out var option))
                return Refusals.Request($"{name}: no such option; accepted: {Names(scope)}");
            if (text is null)
                return Refusals.Request($"{name}: the value is null; accepted: text, {option.Accepted}");
            if (!OptionParser.TryParse(option, text, out var value, out var error))
            {
                var named = error!.Named(option, name);
                return Refusals.Of(IsNumber(option, text) ? named with { Kind = OptionErrorKind.Range, Reason = "out of range" } : named);
            }
            changes.Add(new(option, value));
        }
        return changes;
    }

    /// <summary>Reads a MAC address that a bond can have.</summary>
    public static Answer<MacAddress?> Address(string? text)
    {
        if (text is null)
            return default(MacAddress?);
        return MacAddress.TryParse(text, out var address) && address.IsValidUnicast
            ? address
            : Refuse(
                "address",
                text,
                "not the address of a station",
                "accepted: a unicast address other than zero, such as 02:00:00:00:00:01"
            );
    }

    /// <summary>Checks an MTU; null if it is valid or not given.</summary>
    public static ErrorMessage? MtuProblem(int? mtu) =>
        mtu is < BondLimits.MinMtu or > BondLimits.MaxMtu
            ? Refuse(
                "mtu",
                mtu.Value.ToString(CultureInfo.InvariantCulture),
                "out of range",
                $"accepted: {BondLimits.MinMtu} to {BondLimits.MaxMtu} bytes"
            )
            : null;

    /// <summary>Checks a number of transmit queues; null if it is valid or not given.</summary>
    public static ErrorMessage? QueuesProblem(int? queues) =>
        queues is < 1 or > BondLimits.MaxQueues
            ? Refuse(
                "numtxqueues",
                queues.Value.ToString(CultureInfo.InvariantCulture),
                "out of range",
                $"accepted: 1 to {BondLimits.MaxQueues}"
            )
            : null;

    // Numbers that the driver's tools refuse by themselves are handled by the command line; here all are out of range.
    private static bool IsNumber(BondOption option, string text) =>
        option.Kind == OptionKind.Number
        && text.AsSpan(text.StartsWith('-') ? 1 : 0) is { IsEmpty: false } digits
        && !digits.ContainsAnyExceptInRange('0', '9');

    private static ErrorMessage Refuse(string what, string value, string reason, string accepted) =>
        Refusals.Of(new OptionError(OptionErrorKind.Range, $"{what} {value}", reason, accepted));

    private static string Names(OptionScope scope) =>
        string.Join(", ", (scope == OptionScope.Bond ? BondOptionTable.Bond : BondOptionTable.Member).Select(option => option.Keyword));
}

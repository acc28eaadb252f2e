using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Core.Options;

/// <summary>
/// Parses option values of command line and API. Values that the driver's tools refuse themselves give a <see
/// cref="OptionErrorKind.Syntax"/> error, values that the driver refuses a <see cref="OptionErrorKind.Range"/> error.
/// </summary>
public static class OptionParser
{
    /// <summary>Parses a value; on failure <paramref name="error"/> says why.</summary>
    public static bool TryParse(BondOption option, string text, out OptionValue value, out OptionError? error)
    {
        error = option.Kind switch
        {
            OptionKind.Choice => ParseChoice(option, text, out value),
            OptionKind.Number => ParseNumber(option, text, out value),
            OptionKind.Switch => ParseSwitch(option, text, out value),
            OptionKind.Mac => ParseMac(option, text, out value),
            OptionKind.Interface => ParseInterface(option, text, out value),
            OptionKind.Ip4List => ParseAddresses(option, text, AddressFamily.InterNetwork, out value),
            _ => ParseAddresses(option, text, AddressFamily.InterNetworkV6, out value),
        };
        return error is null;
    }

    private static OptionError Refuse(OptionErrorKind kind, BondOption option, string text, string reason) =>
        OptionError.Of(kind, option, text, reason, $"accepted: {option.Accepted}");

    private static OptionError? ParseChoice(BondOption option, string text, out OptionValue value)
    {
        var number = option.Choices.IndexOf(text);
        if (
            number < 0
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number >= option.Choices.Length)
        )
        {
            value = default;
            return OptionError.Of(
                OptionErrorKind.Syntax,
                option,
                text,
                "no such value",
                $"{MeantBy(option, text)}accepted: {option.Accepted}"
            );
        }
        value = new OptionValue(number);
        return null;
    }

    private static string MeantBy(BondOption option, string text) =>
        option.OtherNames.FirstOrDefault(other => other.Word == text).Choice is { } known ? $"did you mean {known}? "
        : Spelling.Nearest(text, option.Choices) is { } near ? $"did you mean {near}? "
        : "";

    private static OptionError? ParseNumber(BondOption option, string text, out OptionValue value)
    {
        value = default;
        if (!WholeNumber.TryParse(text, out var number))
            return Refuse(OptionErrorKind.Syntax, option, text, "not a whole number");
        (long low, long high) = option.Wire switch
        {
            WireType.U8 => (0L, (long)byte.MaxValue),
            WireType.U16 => (0L, (long)ushort.MaxValue),
            WireType.S32 => ((long)int.MinValue, (long)int.MaxValue),
            _ => (0L, (long)uint.MaxValue),
        };
        if (number < low || number > high)
            return Refuse(OptionErrorKind.Syntax, option, text, "out of range");
        if (number < option.Min || number > option.Max)
            return Refuse(OptionErrorKind.Range, option, text, "out of range");
        value = new OptionValue(number);
        return null;
    }

    private static OptionError? ParseSwitch(BondOption option, string text, out OptionValue value)
    {
        value = new OptionValue(text == "on" ? 1 : 0);
        return text is "on" or "off" ? null : Refuse(OptionErrorKind.Syntax, option, text, "neither on nor off");
    }

    private static OptionError? ParseMac(BondOption option, string text, out OptionValue value)
    {
        value = default;
        if (!MacAddress.TryParse(text, out var mac))
            return Refuse(OptionErrorKind.Range, option, text, "not a MAC address");
        if (mac.IsMulticast)
            return Refuse(OptionErrorKind.Range, option, text, "a group address");
        value = new OptionValue((long)mac.Value);
        return null;
    }

    private static OptionError? ParseInterface(BondOption option, string text, out OptionValue value)
    {
        value = text.Length == 0 ? default : new OptionValue(0, text);
        return text.Length != 0 && InterfaceName.Problem(text) is { } problem
            ? Refuse(OptionErrorKind.NoDevice, option, text, problem)
            : null;
    }

    private static OptionError? ParseAddresses(BondOption option, string text, AddressFamily family, out OptionValue value)
    {
        value = default;
        var list = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // A leading plus means "append" in the driver's sysfs files. `ip` accepts it, and scripts rely on that.
            if (!TryParseAddress(part.TrimStart('+'), family, out var address))
                return Refuse(OptionErrorKind.Syntax, option, part, "not an address");
            if (AddressProblem(address) is { } problem)
                return Refuse(OptionErrorKind.Range, option, part, problem);
            if (list.Contains(address))
                return Refuse(OptionErrorKind.Range, option, part, "given twice");
            if (list.Count == OptionValue.MaxAddresses)
            {
                // `ip` silently drops addresses beyond the limit and exits with 0; that would lose a target.
                return Refuse(OptionErrorKind.Range, option, part, "too many addresses");
            }
            list.Add(address);
        }
        value = new OptionValue(0, Addresses: list.DrainToImmutable());
        return null;
    }

    private static bool TryParseAddress(string text, AddressFamily family, out IPAddress address)
    {
        // Like `ip`, accept an IPv4 address with fewer than four parts and fill it with zeros: 192.0.2 is 192.0.2.0.
        if (family == AddressFamily.InterNetwork)
        {
            Span<byte> octets = stackalloc byte[4];
            octets.Clear();
            address = IPAddress.None;
            var parts = text.Split('.');
            if (parts.Length > 4)
                return false;
            for (var i = 0; i < parts.Length; i++)
            {
                if (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out octets[i]))
                    return false;
            }
            address = new IPAddress(octets);
            return true;
        }
        return IPAddress.TryParse(text, out address!) && address.AddressFamily == family;
    }

    private static string? AddressProblem(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (address.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(address) || address.IsIPv6Multicast)
                return "not the address of another host";
            return null;
        }
        return address.GetAddressBytes()[0] == 0 || address.Equals(IPAddress.Broadcast) ? "not the address of a host" : null;
    }
}

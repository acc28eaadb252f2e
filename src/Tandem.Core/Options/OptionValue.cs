using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Tandem.Core.Options;

/// <summary>A value of an option. The option's <see cref="OptionKind"/> determines which part is used.</summary>
/// <param name="Number">A number, the number of a choice, 0 or 1 of a switch, or the bits of a MAC address.</param>
/// <param name="Name">An interface name; null if there is none.</param>
/// <param name="Addresses">IP addresses; default if there are none.</param>
public readonly record struct OptionValue(long Number, string? Name = null, ImmutableArray<IPAddress> Addresses = default)
{
    /// <summary>Maximum number of addresses in a list.</summary>
    public const int MaxAddresses = 16;

    /// <summary>The number as a MAC address.</summary>
    public MacAddress Mac => new((ulong)Number);

    /// <summary>The IP addresses, never default.</summary>
    public ImmutableArray<IPAddress> AddressList => Addresses.IsDefault ? [] : Addresses;

    /// <inheritdoc/>
    public bool Equals(OptionValue other) => Number == other.Number && Name == other.Name && AddressList.SequenceEqual(other.AddressList);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Number, Name, AddressList.Length);

    /// <summary>Whether the value is empty: no interface, no addresses.</summary>
    public bool IsEmpty(BondOption option) =>
        option.Kind switch
        {
            OptionKind.Interface => Name is null,
            OptionKind.Ip4List or OptionKind.Ip6List => AddressList.IsEmpty,
            _ => false,
        };

    /// <summary>The value as <c>ip -d link show</c> prints it.</summary>
    public string Format(BondOption option) =>
        option.Kind switch
        {
            OptionKind.Choice => option.Choices[(int)Number],
            OptionKind.Switch => Number != 0 ? "on" : "off",
            OptionKind.Mac => Mac.ToString(),
            OptionKind.Interface => Name ?? "",
            OptionKind.Ip4List or OptionKind.Ip6List => string.Join(',', AddressList),
            _ => Number.ToString(CultureInfo.InvariantCulture),
        };
}

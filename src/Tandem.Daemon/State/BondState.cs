using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Core;
using Tandem.Linux;

namespace Tandem.Daemon.State;

/// <summary>
/// What the next service has to know of a bond if this one is killed. Address, MTU and whether it is up are not in it: the device,
/// which stays, has them.
/// </summary>
internal sealed record BondState
{
    /// <summary>The form of the file; another is not read.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The form of this file.</summary>
    public required int Format { get; init; }

    /// <summary>The boot in which it was written: after another the interfaces are new.</summary>
    public required string Boot { get; init; }

    /// <summary>The network namespace of the bond (the inode of /proc/self/ns/net).</summary>
    public required ulong Namespace { get; init; }

    /// <summary>The name of the bond and of its device.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the device; null until it is made. A device of another number is someone else's.</summary>
    public int? Device { get; init; }

    /// <summary>The address that the device had when it was made.</summary>
    public MacAddress OwnAddress { get; init; }

    /// <summary>The address that a user asked for; null if none did.</summary>
    public MacAddress? UserAddress { get; init; }

    /// <summary>The number of the active member's interface; null if none is active.</summary>
    public int? Active { get; init; }

    /// <summary>Options that differ from their defaults: the driver's names and values as text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The members in the order in which they joined.</summary>
    public IReadOnlyList<MemberState> Members { get; init; } = [];
}

/// <summary>What the next service has to know of a member.</summary>
internal sealed record MemberState
{
    /// <summary>How the interface was before it joined.</summary>
    public required SavedMember Saved { get; init; }

    /// <summary>Its slot; null while it joins.</summary>
    public int? Slot { get; init; }

    /// <summary>How often its link went down while it was a member.</summary>
    public uint LinkFailures { get; init; }

    /// <summary>Options that differ from their defaults.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The JSON of state files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters = [typeof(MacAddressConverter)]
)]
[JsonSerializable(typeof(BondState))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>MAC addresses as text.</summary>
internal sealed class MacAddressConverter : JsonConverter<MacAddress>
{
    public override MacAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && MacAddress.TryParse(reader.GetString(), out var address)
            ? address
            : throw new JsonException("not a MAC address");

    public override void Write(Utf8JsonWriter writer, MacAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Core;
using Tandem.Core.Lacp;
using Tandem.Core.Modes;
using Tandem.Linux.Members;
using Tandem.Linux.Paths;

namespace Tandem.Daemon.State;

/// <summary>
/// What the next service has to know of a bond if this one is killed. Address, MTU and whether it is up are not in it: the device,
/// which stays, has them.
/// </summary>
internal sealed record BondState
{
    /// <summary>
    /// The form of files that this version writes. Those of earlier forms are read as well, and of later ones what this version knows: keys
    /// come and go, but none gets another meaning.
    /// </summary>
    public const int CurrentFormat = 2;

    /// <summary>The form of this file.</summary>
    public required int Format { get; init; }

    /// <summary>The boot in which it was written: after another the interfaces are new.</summary>
    public required string Boot { get; init; }

    /// <summary>The network namespace of the bond: its cookie, or its inode before Linux 5.14.</summary>
    public required ulong Namespace { get; init; }

    /// <summary>The name of the bond and of its device.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the device; null until it is made. A device of another number is someone else's.</summary>
    public int? Device { get; init; }

    /// <summary>The number of the device's other end; null for a TAP device, which has none.</summary>
    public int? OtherEnd { get; init; }

    /// <summary>The address that the device had when it was made.</summary>
    public MacAddress OwnAddress { get; init; }

    /// <summary>The address that a user asked for; null if none did.</summary>
    public MacAddress? UserAddress { get; init; }

    /// <summary>Whether a user asked for the address that the device has, as form 1 has it; null in later ones.</summary>
    public bool? AddressIsUserSet { get; init; }

    /// <summary>Counts the states of this bond: of two that are found, the one with the larger number is the later one.</summary>
    public ulong Revision { get; init; }

    /// <summary>
    /// The state directory of the service, in what the kernel keeps: a service with another one leaves the bond alone. Null in the files of
    /// that directory.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>The number of the active member's interface; null if none is active.</summary>
    public int? Active { get; init; }

    /// <summary>The address of the LACP system; null in other modes.</summary>
    public MacAddress? LacpSystem { get; init; }

    /// <summary>The peers of balance-alb; null in other modes.</summary>
    public PeersState? Peers { get; init; }

    /// <summary>True if VLAN devices were seen on the bond; null if none were, as earlier versions wrote it.</summary>
    public bool? HasVlans { get; init; }

    /// <summary>What programs that are gone carried past the device, which does not count it; null if nothing.</summary>
    public CarriedState? Past { get; init; }

    /// <summary>Options that differ from their defaults: the driver's names and values as text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The members in the order in which they joined.</summary>
    public IReadOnlyList<MemberState> Members { get; init; } = [];

    /// <summary>The numbers of all interfaces that are the bond's: device, other end, members.</summary>
    [JsonIgnore]
    public IEnumerable<int> Interfaces =>
        Members
            .Select(member => member.Saved.Ifindex)
            .Concat(Device is { } device ? [device] : [])
            .Concat(OtherEnd is { } end ? [end] : []);
}

/// <summary>Frames and bytes of either direction.</summary>
internal sealed record CarriedState(ulong TxFrames, ulong TxBytes, ulong RxFrames, ulong RxBytes)
{
    public static CarriedState? Of(SlotCounters counters) =>
        counters == default ? null : new(counters.TxFrames, counters.TxBytes, counters.RxFrames, counters.RxBytes);

    public SlotCounters ToCounters() => new(TxFrames, TxBytes, 0, RxFrames, RxBytes, 0, 0);
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

    /// <summary>Whether frames could pass, as far as its link goes.</summary>
    public bool HadLink { get; init; }

    /// <summary>The LACP partner; null if none was heard.</summary>
    public PartnerState? Partner { get; init; }

    /// <summary>Its part in balance-tlb or balance-alb; null in other modes.</summary>
    public ShareState? Share { get; init; }

    /// <summary>What the mode kept of it; null for nothing.</summary>
    [JsonIgnore]
    public MemberMemory? Memory => Share?.ToMemory() ?? (MemberMemory?)Partner?.ToMemory();

    /// <summary>Options that differ from their defaults.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What the next service has to know of a link's LACP partner.</summary>
/// <param name="OwnPort">The number of our port.</param>
/// <param name="SystemPriority">The priority of the partner's system.</param>
/// <param name="System">The partner's system.</param>
/// <param name="Key">The partner's key.</param>
/// <param name="PortPriority">The priority of the partner's port.</param>
/// <param name="Port">The number of the partner's port.</param>
/// <param name="State">The octet in which the partner said how its port is.</param>
/// <param name="OwnKey">The key of our port; 0 if it is not known.</param>
/// <param name="IsHeard">The partner was heard in time; else it is only remembered.</param>
/// <param name="Selected">Whether our port belonged to the group in use.</param>
/// <param name="Mux">The state of our mux machine.</param>
/// <param name="RetryCount">LACPDUs that may be missed, as the partner asked.</param>
internal sealed record PartnerState(
    ushort OwnPort,
    ushort SystemPriority,
    MacAddress System,
    ushort Key,
    ushort PortPriority,
    ushort Port,
    byte State,
    // What earlier versions did not write is what they took for given.
    ushort OwnKey = 0,
    bool IsHeard = true,
    Selection Selected = Selection.Selected,
    MuxState Mux = MuxState.Attached,
    byte RetryCount = Lacpdu.DefaultRetryCount
)
{
    public static PartnerState? Of(LacpMemory? memory) =>
        memory is { Partner: var partner } kept
            ? new PartnerState(
                kept.Number,
                partner.System.Priority,
                partner.System.Address,
                partner.Key,
                partner.PortPriority,
                partner.Port,
                (byte)partner.State,
                kept.Key,
                kept.IsHeard,
                kept.Selected,
                kept.Mux,
                kept.RetryCount
            )
            : null;

    public LacpMemory ToMemory() =>
        new(OwnPort, new PortInfo(new SystemId(SystemPriority, System), Key, PortPriority, Port, (LacpState)State))
        {
            Key = OwnKey,
            IsHeard = IsHeard,
            Selected = Selected,
            Mux = Mux,
            RetryCount = RetryCount,
        };
}

/// <summary>Interfaces that belong to no bond any more and could not be given back whole.</summary>
internal sealed record OwedState
{
    /// <summary>The form of this file, as in <see cref="BondState"/>.</summary>
    public required int Format { get; init; }

    /// <summary>The boot in which it was written.</summary>
    public required string Boot { get; init; }

    /// <summary>The interfaces.</summary>
    public IReadOnlyList<OwedMember> Members { get; init; } = [];
}

/// <summary>An interface that is owed what it had.</summary>
/// <param name="Bond">The bond of which it was a member.</param>
/// <param name="Saved">How it was before.</param>
internal sealed record OwedMember(string Bond, SavedMember Saved);

/// <summary>The JSON of state files: unknown keys are skipped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters = [typeof(MacAddressConverter), typeof(KnownWordConverter<Selection>), typeof(KnownWordConverter<MuxState>)]
)]
[JsonSerializable(typeof(BondState))]
[JsonSerializable(typeof(OwedState))]
internal sealed partial class StateJson : JsonSerializerContext
{
    /// <summary>The same in as few bytes as possible.</summary>
    public static StateJson Compact => field ??= new StateJson(new JsonSerializerOptions(Default.Options) { WriteIndented = false });
}

/// <summary>Words of an enumeration; one that a later version wrote, and this one does not know, counts as the first.</summary>
internal sealed class KnownWordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Enum.TryParse<T>(reader.GetString(), out var known) ? known : default;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

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

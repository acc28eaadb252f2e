using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Linux.Members;
using Tandem.Linux.Paths;

namespace Tandem.Daemon.State;

/// <summary>
/// State of a bond for the next service, if this one is killed. Address, MTU and whether it is up are read from the device, which stays.
/// </summary>
internal sealed record BondState
{
    /// <summary>
    /// The format of files that this version writes. It also reads earlier formats, and of later ones the keys that it knows: keys are
    /// added and removed, but never change their meaning.
    /// </summary>
    public const int CurrentFormat = 2;

    /// <summary>The format of this file.</summary>
    public required int Format { get; init; }

    /// <summary>The boot in which it was written: after a reboot all interfaces are new.</summary>
    public required string Boot { get; init; }

    /// <summary>The network namespace of the bond: its cookie, or its inode before Linux 5.14.</summary>
    public required ulong Namespace { get; init; }

    /// <summary>The name of the bond and of its device.</summary>
    public required string Name { get; init; }

    /// <summary>The device's ifindex; null until it is created. A device with another ifindex does not belong to the bond.</summary>
    public int? Device { get; init; }

    /// <summary>Ifindex of the device's other end; null for a TAP device, which has none.</summary>
    public int? OtherEnd { get; init; }

    /// <summary>The device's MAC address when it was created.</summary>
    public MacAddress OwnAddress { get; init; }

    /// <summary>The MAC address that a user set; null if none did.</summary>
    public MacAddress? UserAddress { get; init; }

    /// <summary>Format 1 only: whether a user set the device's MAC address; null in later formats.</summary>
    public bool? AddressIsUserSet { get; init; }

    /// <summary>Revision of this bond's state: the larger of two is the later one.</summary>
    public ulong Revision { get; init; }

    /// <summary>
    /// The service's state directory, in the copy stored in the kernel: a service with another directory leaves the bond alone. Null in
    /// files.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>Ifindex of the active member; null if there is none.</summary>
    public int? Active { get; init; }

    /// <summary>The MAC address of the LACP system; null in other modes.</summary>
    public MacAddress? LacpSystem { get; init; }

    /// <summary>The peers of balance-alb; null in other modes.</summary>
    public PeersState? Peers { get; init; }

    /// <summary>True if VLAN devices were seen on the bond; null if none were, also in files of earlier versions.</summary>
    public bool? HasVlans { get; init; }

    /// <summary>Counters of frames that removed programs carried past the device, which does not count them; null if none.</summary>
    public CarriedState? Past { get; init; }

    /// <summary>Options with other values than their defaults: the driver's names and values as text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The members, in the order in which they joined.</summary>
    public IReadOnlyList<MemberState> Members { get; init; } = [];

    /// <summary>Ifindexes of all interfaces of the bond: device, other end, members.</summary>
    [JsonIgnore]
    public IEnumerable<int> Interfaces =>
        Members
            .Select(member => member.Saved.Ifindex)
            .Concat(Device is { } device ? [device] : [])
            .Concat(OtherEnd is { } end ? [end] : []);
}

/// <summary>Frames and bytes of both directions.</summary>
internal sealed record CarriedState(ulong TxFrames, ulong TxBytes, ulong RxFrames, ulong RxBytes)
{
    public static CarriedState? Of(SlotCounters counters) =>
        counters == default ? null : new(counters.TxFrames, counters.TxBytes, counters.RxFrames, counters.RxBytes);

    public SlotCounters ToCounters() => new(TxFrames, TxBytes, 0, RxFrames, RxBytes, 0, 0);
}

/// <summary>State of a member, for the next service.</summary>
internal sealed record MemberState
{
    /// <summary>The interface's configuration before it joined.</summary>
    public required SavedMember Saved { get; init; }

    /// <summary>Its slot; null while it joins.</summary>
    public int? Slot { get; init; }

    /// <summary>Number of link failures since it joined.</summary>
    public uint LinkFailures { get; init; }

    /// <summary>Whether its link could carry frames.</summary>
    public bool HadLink { get; init; }

    /// <summary>The LACP partner; null if none was heard.</summary>
    public PartnerState? Partner { get; init; }

    /// <summary>Its state in balance-tlb or balance-alb; null in other modes.</summary>
    public ShareState? Share { get; init; }

    /// <summary>The mode's own state of the member; null for none.</summary>
    [JsonIgnore]
    public MemberMemory? Memory => Share?.ToMemory() ?? (MemberMemory?)Partner?.ToMemory();

    /// <summary>Options with other values than their defaults.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>State of a link's LACP partner, for the next service.</summary>
/// <param name="OwnPort">The actor's port number.</param>
/// <param name="SystemPriority">The partner's system priority.</param>
/// <param name="System">The partner's system address.</param>
/// <param name="Key">The partner's key.</param>
/// <param name="PortPriority">The partner's port priority.</param>
/// <param name="Port">The partner's port number.</param>
/// <param name="State">The partner's state octet.</param>
/// <param name="OwnKey">The actor's key; 0 if unknown.</param>
/// <param name="IsHeard">Whether the partner is current; otherwise its information is only remembered.</param>
/// <param name="Selected">Whether the port belonged to the aggregator in use.</param>
/// <param name="Mux">The state of the mux machine.</param>
/// <param name="RetryCount">Number of LACPDUs that may be lost, as the partner requested.</param>
internal sealed record PartnerState(
    ushort OwnPort,
    ushort SystemPriority,
    MacAddress System,
    ushort Key,
    ushort PortPriority,
    ushort Port,
    byte State,
    // Values missing in files of earlier versions are what these versions assumed.
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

/// <summary>Interfaces that left their bonds but could not be restored completely.</summary>
internal sealed record OwedState
{
    /// <summary>The format of this file, as in <see cref="BondState"/>.</summary>
    public required int Format { get; init; }

    /// <summary>The boot in which it was written.</summary>
    public required string Boot { get; init; }

    /// <summary>The interfaces.</summary>
    public IReadOnlyList<OwedMember> Members { get; init; } = [];

    /// <summary>Restored interfaces whose routes come back when they are set up; null if there are none.</summary>
    public IReadOnlyList<OwedMember>? Down { get; init; }
}

/// <summary>An interface that must still be restored.</summary>
/// <param name="Bond">The bond it was a member of.</param>
/// <param name="Saved">Its configuration before it joined.</param>
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
[JsonSerializable(typeof(RollbackState))]
[JsonSerializable(typeof(RolledBackState))]
internal sealed partial class StateJson : JsonSerializerContext
{
    /// <summary>The same without white space.</summary>
    public static StateJson Compact => field ??= new StateJson(new JsonSerializerOptions(Default.Options) { WriteIndented = false });
}

/// <summary>Names of an enumeration; an unknown name, written by a later version, counts as the first value.</summary>
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

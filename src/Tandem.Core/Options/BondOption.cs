using System.Collections.Immutable;

namespace Tandem.Core.Options;

/// <summary>The type of an option's value.</summary>
public enum OptionKind : byte
{
    /// <summary>One of several names. Each has a number, which is accepted too.</summary>
    Choice,

    /// <summary>A whole number in a range.</summary>
    Number,

    /// <summary><c>on</c> or <c>off</c>.</summary>
    Switch,

    /// <summary>A MAC address.</summary>
    Mac,

    /// <summary>The name of an interface, or nothing.</summary>
    Interface,

    /// <summary>Up to 16 IPv4 addresses.</summary>
    Ip4List,

    /// <summary>Up to 16 IPv6 addresses.</summary>
    Ip6List,
}

/// <summary>The netlink type of the value. Values outside of it are refused by the command line itself, as by <c>ip</c>.</summary>
public enum WireType : byte
{
    /// <summary>Not a number.</summary>
    None,

    /// <summary>8 bits, unsigned.</summary>
    U8,

    /// <summary>16 bits, unsigned.</summary>
    U16,

    /// <summary>32 bits, unsigned.</summary>
    U32,

    /// <summary>32 bits, signed.</summary>
    S32,
}

/// <summary>What an option belongs to.</summary>
public enum OptionScope : byte
{
    /// <summary>The bond (<c>type bond</c>).</summary>
    Bond,

    /// <summary>A member (<c>type bond_slave</c>).</summary>
    Member,
}

/// <summary>When an option may change. Flags may be combined.</summary>
[Flags]
public enum ChangeRule : byte
{
    /// <summary>At any time.</summary>
    Any = 0,

    /// <summary>Only while the bond is administratively down.</summary>
    BondDown = 1,

    /// <summary>Only while the bond has no members.</summary>
    NoMembers = 2,

    /// <summary>Only when the bond is created.</summary>
    Creation = 4,
}

/// <summary>A set of modes.</summary>
[Flags]
public enum ModeSet : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>balance-rr.</summary>
    RoundRobin = 1 << BondMode.BalanceRoundRobin,

    /// <summary>active-backup.</summary>
    ActiveBackup = 1 << BondMode.ActiveBackup,

    /// <summary>balance-xor.</summary>
    Xor = 1 << BondMode.BalanceXor,

    /// <summary>broadcast.</summary>
    Broadcast = 1 << BondMode.Broadcast,

    /// <summary>802.3ad.</summary>
    Lacp = 1 << BondMode.Lacp,

    /// <summary>balance-tlb.</summary>
    Tlb = 1 << BondMode.BalanceTlb,

    /// <summary>balance-alb.</summary>
    Alb = 1 << BondMode.BalanceAlb,

    /// <summary>Modes that support the ARP monitor.</summary>
    ArpMonitor = RoundRobin | ActiveBackup | Xor | Broadcast,

    /// <summary>Modes with one active member.</summary>
    ActiveMember = ActiveBackup | Tlb | Alb,

    /// <summary>Modes that balance by load.</summary>
    LoadBalancing = Tlb | Alb,

    /// <summary>All modes.</summary>
    All = ArpMonitor | Lacp | LoadBalancing,
}

/// <summary>
/// An option of a bond or of a member: an entry of <see cref="BondOptionTable"/>. Parser, checks, error messages, output and help are
/// derived from it.
/// </summary>
public sealed record BondOption
{
    /// <summary>The first attribute number of Tandem's own options; the driver's numbers are expected to stay below.</summary>
    public const int FirstOwnAttribute = 1000;

    /// <summary>The driver's name, as in sysfs.</summary>
    public required string Name { get; init; }

    /// <summary>The keyword on the command line and in <c>ip -d link show</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>Another keyword for the same option; null if there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>The key in JSON, as in <c>ip -d -j link show</c>.</summary>
    public required string JsonName { get; init; }

    /// <summary>
    /// The attribute number in the driver's netlink interface (IFLA_BOND_*, IFLA_BOND_SLAVE_*). Options that the driver does not have
    /// start at <see cref="FirstOwnAttribute"/>.
    /// </summary>
    public required int Attribute { get; init; }

    /// <summary>Whether the driver lacks the option. Such an option is shown only if it is not at its default.</summary>
    public bool IsOwn => Attribute >= FirstOwnAttribute;

    /// <summary>Position in the order in which changes are applied, regardless of their order in the command.</summary>
    public required int ApplyOrder { get; init; }

    /// <summary>Index in the table and in the values of <see cref="BondOptions"/>.</summary>
    public int Index { get; internal init; }

    /// <summary>What the option belongs to.</summary>
    public OptionScope Scope { get; init; }

    /// <summary>The type of the value.</summary>
    public required OptionKind Kind { get; init; }

    /// <summary>The netlink type of the value.</summary>
    public WireType Wire { get; init; }

    /// <summary>For <see cref="OptionKind.Choice"/>: the names; the index of a name is its number.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Words by which a choice is known elsewhere. They are not accepted, but a refusal names the choice.</summary>
    public ImmutableArray<(string Word, string Choice)> OtherNames { get; init; } = [];

    /// <summary>Smallest number accepted.</summary>
    public long Min { get; init; }

    /// <summary>Largest number accepted.</summary>
    public long Max { get; init; }

    /// <summary>Unit of the number ("ms", "s", "packets"); null if it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>The default value.</summary>
    public long Default { get; init; }

    /// <summary>Modes that accept the option.</summary>
    public ModeSet Modes { get; init; } = ModeSet.All;

    /// <summary>When the option may change.</summary>
    public ChangeRule When { get; init; }

    /// <summary>Whether the option is a multiple of miimon and therefore needs it.</summary>
    public bool NeedsMiimon { get; init; }

    /// <summary>Options that may not be set in the same command.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>Whether the keyword may not be abbreviated.</summary>
    public bool SpelledOut { get; init; }

    /// <summary>Whether the first choice is null in JSON, as <c>ip</c> prints arp_validate.</summary>
    public bool FirstChoiceIsJsonNull { get; init; }

    /// <summary>Help text of one line.</summary>
    public required string Help { get; init; }

    /// <summary>Whether a mode accepts the option.</summary>
    public bool AppliesTo(BondMode mode) => (Modes & (ModeSet)(1 << (int)mode)) != 0;

    /// <summary>The accepted values as text: <c>0 to 255</c>, <c>slow, fast</c>.</summary>
    public string Accepted =>
        Kind switch
        {
            OptionKind.Choice => string.Join(", ", Choices.Select((name, number) => $"{name} ({number})")),
            OptionKind.Number when Min == Max => $"{Min}",
            OptionKind.Number => $"{Min} to {Max}{(Unit is null ? "" : " " + Unit)}",
            OptionKind.Switch => "on, off",
            OptionKind.Mac => "a unicast MAC address such as 02:00:00:00:00:01",
            OptionKind.Interface => "the name of an interface",
            OptionKind.Ip4List => $"up to {OptionValue.MaxAddresses} IPv4 addresses of hosts, separated by commas",
            _ => $"up to {OptionValue.MaxAddresses} unicast IPv6 addresses, separated by commas",
        };

    /// <summary>The keyword, for messages.</summary>
    public override string ToString() => Keyword;
}

using System.Collections.Immutable;

namespace Tandem.Core.Options;

/// <summary>What a value of an option looks like.</summary>
public enum OptionKind : byte
{
    /// <summary>One of a list of names, each with a number; either is accepted.</summary>
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

/// <summary>The number type that carries a value in the driver's netlink interface; it decides what the command line itself refuses.</summary>
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

/// <summary>Whom an option belongs to.</summary>
public enum OptionScope : byte
{
    /// <summary>The bond (<c>type bond</c>).</summary>
    Bond,

    /// <summary>One member (<c>type bond_slave</c>).</summary>
    Member,
}

/// <summary>When an option may change.</summary>
[Flags]
public enum ChangeRule : byte
{
    /// <summary>At any time.</summary>
    Any = 0,

    /// <summary>Only while the bond is administratively down.</summary>
    BondDown = 1,

    /// <summary>Only while the bond has no members.</summary>
    NoMembers = 2,

    /// <summary>Only when the bond is made.</summary>
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

    /// <summary>The modes in which the ARP monitor works.</summary>
    ArpMonitor = RoundRobin | ActiveBackup | Xor | Broadcast,

    /// <summary>The modes with one active member.</summary>
    ActiveMember = ActiveBackup | Tlb | Alb,

    /// <summary>The two that balance by load.</summary>
    LoadBalancing = Tlb | Alb,

    /// <summary>All seven.</summary>
    All = ArpMonitor | Lacp | LoadBalancing,
}

/// <summary>
/// One option of a bond or of a member: an entry of <see cref="BondOptionTable"/>, from which the parser, the checks, the
/// error messages, the output and the help are made.
/// </summary>
public sealed record BondOption
{
    /// <summary>Where the numbers begin that the driver will hardly come to.</summary>
    public const int FirstOwnAttribute = 1000;

    /// <summary>The driver's name (as in sysfs).</summary>
    public required string Name { get; init; }

    /// <summary>The word on the command line and in <c>ip -d link show</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>Another word that the command line takes for the same option; null if there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>The key in JSON, as in <c>ip -d -j link show</c>.</summary>
    public required string JsonName { get; init; }

    /// <summary>
    /// The attribute's number in the driver's netlink interface (IFLA_BOND_*, IFLA_BOND_SLAVE_*); from <see cref="FirstOwnAttribute"/> on
    /// for options that the driver does not have.
    /// </summary>
    public required int Attribute { get; init; }

    /// <summary>True for an option that the driver does not have. It is shown only where it is not at its default.</summary>
    public bool IsOwn => Attribute >= FirstOwnAttribute;

    /// <summary>Place in the order in which several changes are applied, whatever order they were given in.</summary>
    public required int ApplyOrder { get; init; }

    /// <summary>Place in the table; indexes the values of <see cref="BondOptions"/>.</summary>
    public int Index { get; internal init; }

    /// <summary>Whom the option belongs to.</summary>
    public OptionScope Scope { get; init; }

    /// <summary>What a value looks like.</summary>
    public required OptionKind Kind { get; init; }

    /// <summary>The number type on the wire.</summary>
    public WireType Wire { get; init; }

    /// <summary>For <see cref="OptionKind.Choice"/>: the names; a name's place is its number.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Smallest number accepted.</summary>
    public long Min { get; init; }

    /// <summary>Largest number accepted.</summary>
    public long Max { get; init; }

    /// <summary>What a number counts ("ms", "s", "packets"); null if it counts nothing.</summary>
    public string? Unit { get; init; }

    /// <summary>The value of a new bond or member.</summary>
    public long Default { get; init; }

    /// <summary>Modes that accept the option.</summary>
    public ModeSet Modes { get; init; } = ModeSet.All;

    /// <summary>When it may change.</summary>
    public ChangeRule When { get; init; }

    /// <summary>True if it counts in passes of the MII monitor and therefore needs miimon.</summary>
    public bool NeedsMiimon { get; init; }

    /// <summary>Options that may not be switched on by the same command.</summary>
    public ImmutableArray<string> Excludes { get; init; } = [];

    /// <summary>True if the command line does not take a shortened keyword for it.</summary>
    public bool SpelledOut { get; init; }

    /// <summary>True if the first choice is shown as null in JSON, as <c>ip</c> does for arp_validate.</summary>
    public bool FirstChoiceIsJsonNull { get; init; }

    /// <summary>One line of help.</summary>
    public required string Help { get; init; }

    /// <summary>Whether a mode accepts the option.</summary>
    public bool AppliesTo(BondMode mode) => (Modes & (ModeSet)(1 << (int)mode)) != 0;

    /// <summary>What would be accepted, in words: <c>0 to 255</c>, <c>slow, fast</c>.</summary>
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

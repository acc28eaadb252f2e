using Tandem.Core.Options;

namespace Tandem.Core.Lacp;

/// <summary>ad_select: which group carries traffic when there are several. The numbers are the driver's.</summary>
public enum AggregatorPolicy : byte
{
    /// <summary>The present group, as long as one of its links works.</summary>
    Stable = 0,

    /// <summary>The group with the highest total speed.</summary>
    Bandwidth = 1,

    /// <summary>The group with the most links.</summary>
    Count = 2,

    /// <summary>The group with the highest sum of port priorities.</summary>
    PortPriority = 3,
}

/// <summary>The LACP settings that a bond's options result in. Times are in ns.</summary>
internal sealed record LacpSettings
{
    /// <summary>Our system identifier.</summary>
    public required SystemId System { get; init; }

    /// <summary>Active LACP: LACPDUs are sent even to a passive partner.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>Short timeout: the partner expires after 3 s, else after 90 s.</summary>
    public bool ShortTimeout { get; init; }

    /// <summary>Coupled control: collecting and distributing start together.</summary>
    public bool IsCoupled { get; init; }

    /// <summary>The user's part of the key, 0 to 1023.</summary>
    public int UserKey { get; init; }

    /// <summary>Which group carries traffic when there are several.</summary>
    public AggregatorPolicy Policy { get; init; }

    /// <summary>Number of links that a group should have at least.</summary>
    public long MinLinks { get; init; }

    /// <summary>How long a selected port waits for other ports before it attaches.</summary>
    public long AggregateWait { get; init; }

    /// <summary>How long a link must have been up again after a loss before it is used.</summary>
    public long WaitToRestore { get; init; }

    /// <summary>Whether a link that comes back replaces a working one of lower rank.</summary>
    public bool IsRevertive { get; init; } = true;

    /// <summary>How many links may carry traffic; 0 for no limit.</summary>
    public int MaxActive { get; init; }

    /// <summary>After how long without a partner one port carries traffic alone; 0 for never.</summary>
    public long FallbackAfter { get; init; }

    /// <summary>The only partner system allowed; zero for any.</summary>
    public MacAddress Pinned { get; init; }

    /// <summary>Whether LACPDUs of other systems are ignored while the partner is heard.</summary>
    public bool HoldsPartner { get; init; }

    /// <summary>How long a silent partner is asked for an LACPDU each second.</summary>
    public long ProbeFor { get; init; }

    /// <summary>Reads the settings from a bond's options.</summary>
    public static LacpSettings From(BondOptions options, MacAddress ownAddress)
    {
        long Value(BondOption option) => options[option].Number;
        var address = options[LacpOptions.ActorSystem].Mac;
        return new LacpSettings
        {
            System = new SystemId((ushort)Value(LacpOptions.SystemPriority), address.IsZero ? ownAddress : address),
            IsActive = Value(LacpOptions.Active) != 0,
            ShortTimeout = Value(LacpOptions.Rate) != 0,
            IsCoupled = Value(LacpOptions.Coupled) != 0,
            UserKey = (int)Value(LacpOptions.UserKey),
            Policy = (AggregatorPolicy)Value(LacpOptions.Select),
            MinLinks = options.MinLinks,
            AggregateWait = Value(LacpOptions.AggregateWait) * Clock.Millisecond,
            WaitToRestore = Value(LacpOptions.WaitToRestore) * Clock.Second,
            IsRevertive = Value(LacpOptions.Revertive) != 0,
            MaxActive = (int)Value(LacpOptions.MaxActive),
            FallbackAfter = Value(LacpOptions.Fallback) * Clock.Second,
            Pinned = options[LacpOptions.Partner].Mac,
            HoldsPartner = Value(LacpOptions.HoldPartner) != 0,
            ProbeFor = Value(LacpOptions.Probe) * Clock.Second,
        };
    }
}

using Tandem.Core.Options;

namespace Tandem.Core.Lacp;

/// <summary>Which group of links carries traffic when there are several (ad_select). The numbers are the driver's.</summary>
public enum AggregatorPolicy : byte
{
    /// <summary>The present one, as long as one of its links works.</summary>
    Stable = 0,

    /// <summary>The one with most Mbit/s.</summary>
    Bandwidth = 1,

    /// <summary>The one with most links.</summary>
    Count = 2,

    /// <summary>The one with the highest sum of port priorities.</summary>
    PortPriority = 3,
}

/// <summary>What the options of a bond mean for LACP. Times are in ns.</summary>
internal sealed record LacpSettings
{
    /// <summary>Our system.</summary>
    public required SystemId System { get; init; }

    /// <summary>LACPDUs are sent without being asked.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>The partner is expired after 3 s, else after 90 s.</summary>
    public bool ShortTimeout { get; init; }

    /// <summary>Collecting and distributing start together.</summary>
    public bool IsCoupled { get; init; }

    /// <summary>The user's part of the key, 0 to 1023.</summary>
    public int UserKey { get; init; }

    /// <summary>Which group carries traffic.</summary>
    public AggregatorPolicy Policy { get; init; }

    /// <summary>Links that a group should have at least.</summary>
    public long MinLinks { get; init; }

    /// <summary>How long a selected link waits for others before it is attached.</summary>
    public long AggregateWait { get; init; }

    /// <summary>How long a link that was lost must be back before it is used.</summary>
    public long WaitToRestore { get; init; }

    /// <summary>Whether a link that is back takes its place again from another that works.</summary>
    public bool IsRevertive { get; init; } = true;

    /// <summary>Links that carry traffic at most; 0 for no limit.</summary>
    public int MaxActive { get; init; }

    /// <summary>After how long without any partner one link carries traffic alone; 0 for never.</summary>
    public long FallbackAfter { get; init; }

    /// <summary>The only system to aggregate with; zero for any.</summary>
    public MacAddress Pinned { get; init; }

    /// <summary>LACPDUs of another system are ignored while the partner is heard.</summary>
    public bool HoldsPartner { get; init; }

    /// <summary>How long a partner that fell silent is asked for LACPDUs each second.</summary>
    public long ProbeFor { get; init; }

    /// <summary>Reads them from the options.</summary>
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

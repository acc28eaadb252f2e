using System.Collections.Immutable;
using Tandem.Core.Lacp;
using Tandem.Core.Options;

namespace Tandem.Core.Modes;

/// <summary>The modes by number. Adding one is a file and an entry here.</summary>
internal static class ModeTable
{
    private static readonly ImmutableArray<Func<Bond, Mode>?> Makers =
    [
        bond => new RoundRobinMode(bond),
        bond => new ActiveBackupMode(bond),
        bond => new XorMode(bond),
        bond => new BroadcastMode(bond),
        bond => new LacpMode(bond),
        null, // balance-tlb
        null, // balance-alb
    ];

    /// <summary>The names of the modes that exist.</summary>
    public static IEnumerable<string> AvailableNames => BondOptions.Known.Mode.Choices.Where((_, number) => IsAvailable((BondMode)number));

    /// <summary>Whether the mode exists.</summary>
    public static bool IsAvailable(BondMode mode) => Makers[(int)mode] is not null;

    /// <summary>The mode, for one bond.</summary>
    public static Mode Make(BondMode mode, Bond bond) => (Makers[(int)mode] ?? throw new ArgumentOutOfRangeException(nameof(mode)))(bond);
}

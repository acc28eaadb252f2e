using System.Collections.Immutable;
using Tandem.Core.Options;

namespace Tandem.Core.Modes;

/// <summary>The modes by number. Adding one is a file and an entry here.</summary>
internal static class ModeTable
{
    private static readonly ImmutableArray<Mode?> Modes =
    [
        new RoundRobinMode(),
        new ActiveBackupMode(),
        new XorMode(),
        new BroadcastMode(),
        new LacpMode(),
        null, // balance-tlb
        null, // balance-alb
    ];

    /// <summary>The names of the modes that exist.</summary>
    public static IEnumerable<string> AvailableNames => BondOptions.Known.Mode.Choices.Where((_, number) => IsAvailable((BondMode)number));

    /// <summary>Whether the mode exists.</summary>
    public static bool IsAvailable(BondMode mode) => Modes[(int)mode] is not null;

    /// <summary>The mode.</summary>
    public static Mode Get(BondMode mode) => Modes[(int)mode] ?? throw new ArgumentOutOfRangeException(nameof(mode));
}

using System.Collections.Immutable;
using Tandem.Core.Balancing;
using Tandem.Core.Lacp;
using Tandem.Core.Options;

namespace Tandem.Core.Modes;

/// <summary>The modes by number. A new mode needs a file and an entry here.</summary>
internal static class ModeTable
{
    private static readonly ImmutableArray<Func<Bond, Mode>> Makers =
    [
        bond => new RoundRobinMode(bond),
        bond => new ActiveBackupMode(bond),
        bond => new XorMode(bond),
        bond => new BroadcastMode(bond),
        bond => new LacpMode(bond),
        bond => new TlbMode(bond),
        bond => new AlbMode(bond),
    ];

    /// <summary>Creates the mode of a bond.</summary>
    public static Mode Make(BondMode mode, Bond bond) => Makers[(int)mode](bond);
}

using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Lacp;

namespace Tandem.Core.Modes;

/// <summary>The modes by number. A new mode needs a file and an entry here.</summary>
public static class ModeTable
{
    /// <summary>All modes.</summary>
    public static ModeFactory All { get; } =
        new([
            bond => new RoundRobinMode(bond),
            bond => new ActiveBackupMode(bond),
            bond => new XorMode(bond),
            bond => new BroadcastMode(bond),
            bond => new LacpMode(bond),
            bond => new TlbMode(bond),
            bond => new AlbMode(bond),
        ]);
}

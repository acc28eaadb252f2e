using System.Collections.Immutable;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>The modes that a bond can be set to. Modes use bonds, so a bond gets them from its creator.</summary>
public sealed class ModeFactory
{
    private readonly ImmutableArray<Func<Bond, Mode>> _makers;

    // By number of the mode.
    internal ModeFactory(ImmutableArray<Func<Bond, Mode>> makers) => _makers = makers;

    /// <summary>Creates the mode of a bond.</summary>
    internal Mode Make(BondMode mode, Bond bond) => _makers[(int)mode](bond);
}

namespace Tandem.Config;

/// <summary>What files say: bonds, or errors.</summary>
/// <param name="Bonds">The bonds in the order of the files; empty if there are errors.</param>
/// <param name="Errors">The errors in the order of the files.</param>
/// <param name="Files">The files that were read, in the order in which they were merged.</param>
public sealed record Configuration(IReadOnlyList<NamedBond> Bonds, IReadOnlyList<Finding> Errors, IReadOnlyList<string> Files)
{
    /// <summary>Whether the files are free of errors.</summary>
    public bool IsValid => Errors.Count == 0;
}

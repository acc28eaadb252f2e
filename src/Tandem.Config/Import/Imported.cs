namespace Tandem.Config.Import;

/// <summary>What an importer found.</summary>
/// <param name="Bonds">The bonds.</param>
/// <param name="Notes">What could not be carried over, and why.</param>
public sealed record Imported(IReadOnlyList<NamedBond> Bonds, IReadOnlyList<Finding> Notes);

/// <summary>An importer of another tool's files.</summary>
/// <param name="Name">The tool, as the command line names it.</param>
/// <param name="Read">Reads all files below a root directory. Blocks on the disk; nothing is thrown.</param>
public sealed record Importer(string Name, Func<string, Imported> Read);

/// <summary>The importers.</summary>
public static class Importers
{
    /// <summary>All importers, by the tools that are most common.</summary>
    public static IReadOnlyList<Importer> All { get; } =
    [
        new("netplan", NetplanImporter.Read),
        new("networkd", NetworkdImporter.Read),
        new("NetworkManager", KeyfileImporter.Read),
        new("ifupdown", IfupdownImporter.Read),
        new("ifcfg", IfcfgImporter.Read),
        new("nmstate", NmstateImporter.Read),
    ];
}

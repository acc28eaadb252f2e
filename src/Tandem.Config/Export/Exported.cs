namespace Tandem.Config.Export;

/// <summary>A file for another tool.</summary>
/// <param name="Path">The path below the root directory.</param>
/// <param name="Text">The text.</param>
/// <param name="IsPrivate">Whether only its owner may read it, as the tool demands.</param>
public sealed record ExportedFile(string Path, string Text, bool IsPrivate = false);

/// <summary>What an exporter wrote.</summary>
/// <param name="Files">The files.</param>
/// <param name="Notes">What the other tool cannot express: the bond, the option and its value.</param>
public sealed record Exported(IReadOnlyList<ExportedFile> Files, IReadOnlyList<string> Notes);

/// <summary>An exporter.</summary>
/// <param name="Name">The tool, as the command line names it.</param>
/// <param name="Write">Writes files for the tool.</param>
public sealed record Exporter(string Name, Func<IReadOnlyList<NamedBond>, Exported> Write);

/// <summary>The exporters.</summary>
public static class Exporters
{
    /// <summary>All exporters.</summary>
    public static IReadOnlyList<Exporter> All { get; } =
    [
        new("netplan", NetplanExporter.Write),
        new("networkd", NetworkdExporter.Write),
        new("NetworkManager", KeyfileExporter.Write),
        new("ifupdown", IfupdownExporter.Write),
    ];
}

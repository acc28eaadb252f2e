namespace Tandem.Architecture.Tests;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory of Tandem.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The source files of a project, without generated ones.</summary>
    public static IEnumerable<string> Sources(string project) => SourcesBelow($"src/{project}");

    /// <summary>The source files below a folder, by its path from the root.</summary>
    public static IEnumerable<string> SourcesBelow(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>The documents, by their paths from the root.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        .. Directory
            .EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "bench"), "*.md"))
            .Select(path => Path.GetRelativePath(Root, path))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Tandem.slnx")))
                return directory;
        }
        throw new InvalidOperationException($"no Tandem.slnx above {AppContext.BaseDirectory}");
    }
}

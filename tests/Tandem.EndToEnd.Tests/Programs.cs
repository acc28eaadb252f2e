namespace Tandem.EndToEnd.Tests;

/// <summary>The published programs, as users have them.</summary>
internal static class Programs
{
    public static string Tandem { get; } = Find("tandem");

    public static string Tandemd { get; } = Find("tandemd");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "out", name);
            if (File.Exists(program))
                return program;
        }
        throw new FileNotFoundException($"out/{name} is missing; run ./build first");
    }
}

using System.Runtime.CompilerServices;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Compares text with a file of <c>Data/golden</c>; with <c>UPDATE_GOLDEN=1</c> writes the file instead.</summary>
internal static class Golden
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Root(AppContext.BaseDirectory);

    public static void Equal(string name, string actual, [CallerFilePath] string source = "")
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(source)!, "Data", "golden", name), actual);
            return;
        }
        var path = Path.Combine(AppContext.BaseDirectory, "Data", "golden", name);
        Assert.True(File.Exists(path), $"{path} is missing: run with UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: false);
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Tandem.slnx")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}

namespace Tandem.EndToEnd.Tests;

/// <summary>The packages of the published programs, which <c>./package</c> makes.</summary>
internal static class Packages
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Makes packages; their files.</summary>
    public static string[] Make(params string[] arguments)
    {
        var outcome = Shell.Run(Bound, [Programs.Package, .. arguments]);
        Xunit.Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Makes one package; its file.</summary>
    public static string MakeOne(params string[] arguments) => Make(arguments).Single();
}

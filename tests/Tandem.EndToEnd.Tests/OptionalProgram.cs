using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Programs that a few tests alone use.</summary>
internal static class OptionalProgram
{
    /// <summary>Skips the test if a program is missing; fails on continuous integration (<c>CI=true</c>), where nobody would notice.</summary>
    public static void Require(string program, string package)
    {
        var isMissing = Shell.Run("bash", "-c", $"command -v {program}").ExitCode != 0;
        var reason = $"{program} (package {package}) is not installed";
        Assert.SkipWhen(isMissing && Environment.GetEnvironmentVariable("CI") is not "true", reason);
        Assert.False(isMissing, reason);
    }
}

namespace Tandem.EndToEnd.Tests;

/// <summary>What <c>./test</c> installs, or asks of a machine.</summary>
internal static class Provided
{
    /// <summary>Skips the test if something is missing; fails on continuous integration (<c>CI=true</c>), where nobody would notice.</summary>
    public static void Require(bool isThere, string reason)
    {
        Xunit.Assert.SkipWhen(!isThere && Environment.GetEnvironmentVariable("CI") is not "true", reason);
        Xunit.Assert.True(isThere, reason);
    }
}

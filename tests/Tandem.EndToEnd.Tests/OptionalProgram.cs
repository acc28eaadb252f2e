namespace Tandem.EndToEnd.Tests;

/// <summary>Programs that a few tests alone use.</summary>
internal static class OptionalProgram
{
    /// <summary>Skips the test if a program is missing; fails on continuous integration.</summary>
    public static void Require(string program, string package) =>
        Provided.Require(Shell.Run("bash", "-c", $"command -v {program}").ExitCode == 0, $"{program} (package {package}) is not installed");
}

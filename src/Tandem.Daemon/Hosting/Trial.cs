using System.ComponentModel;
using System.Diagnostics;

namespace Tandem.Daemon.Hosting;

/// <summary>Tries the program that replaces this one: after the replacement nothing would run the bonds if it did not work.</summary>
internal static class Trial
{
    private const string Option = "--check";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>Runs the program with <c>--check</c>, and blocks until it ends, at most five seconds. Returns the problem, or
    /// null.</summary>
    public static string? Run(string program, IEnumerable<string> arguments)
    {
        try
        {
            using var trial = Process.Start(
                new ProcessStartInfo(program, [.. arguments, Option])
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            var said = trial.StandardError.ReadToEndAsync();
            if (trial.WaitForExit(Bound))
                return Judge(trial.ExitCode, said.Result.Trim());
            trial.Kill();
            return $"{program} {Option} did not end within {Bound.TotalSeconds} s";
        }
        catch (Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    // An earlier version refuses the unknown option, but it runs.
    private static string? Judge(int status, string said) =>
        status == 0 || said.Contains($"{Option}: no such option", StringComparison.Ordinal)
            ? null
            : $"it does not run: {Option} ended with status {status}{(said.Length > 0 ? $": {said.Split('\n')[^1]}" : "")}";
}

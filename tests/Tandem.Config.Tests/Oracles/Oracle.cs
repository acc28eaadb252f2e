using System.Diagnostics;
using Tandem.EndToEnd.Tests;

namespace Tandem.Config.Tests.Oracles;

/// <summary>A program of another tool that <c>eng/oracles</c> unpacked.</summary>
internal static class Oracle
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);
    private static readonly string Root = Path.Combine(Repository(AppContext.BaseDirectory), "artifacts/oracles/root");

    /// <summary>The path of a program; skips the test if it is not there.</summary>
    public static string Find(string program)
    {
        var path = Path.Combine(Root, program);
        Provided.Require(File.Exists(path), $"{program} is not unpacked: run eng/oracles");
        return path;
    }

    /// <summary>Runs a program and returns its exit code, output and errors.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Command(program, arguments))!;
        using var limit = new CancellationTokenSource(TimeLimit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a program until its errors contain a text, ends it, and returns the errors up to there.</summary>
    public static async Task<string> RunUntilAsync(string text, string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Command(program, arguments))!;
        using var limit = new CancellationTokenSource(TimeLimit);
        var errors = "";
        try
        {
            while (!errors.Contains(text, StringComparison.Ordinal) && await process.StandardError.ReadLineAsync(limit.Token) is { } line)
                errors += line + "\n";
            return errors;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static ProcessStartInfo Command(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var libraries = Path.Combine(Root, "usr/lib/x86_64-linux-gnu");
        start.Environment["LD_LIBRARY_PATH"] = $"{libraries}:{libraries}/systemd";
        return start;
    }

    private static string Repository(string folder) =>
        File.Exists(Path.Combine(folder, "Tandem.slnx")) ? folder : Repository(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}

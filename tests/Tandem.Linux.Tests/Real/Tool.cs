using System.Diagnostics;

namespace Tandem.Linux.Tests.Real;

/// <summary>Runs programs of the system.</summary>
internal static class Tool
{
    public static string Run(string program, string arguments)
    {
        using var process = Start(program, arguments);
        // Disposing the process does not close its output streams once they were read.
        using var standardOutput = process.StandardOutput;
        using var standardError = process.StandardError;
        var output = standardOutput.ReadToEndAsync();
        var errors = standardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
            throw new TimeoutException($"{program} {arguments}");
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {arguments}: {errors.Result}");
        return output.Result;
    }

    public static Process Start(string program, string arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(d => File.Exists(Path.Combine(d, program)));
}

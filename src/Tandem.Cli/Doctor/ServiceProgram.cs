using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Doctor;

/// <summary>The program <c>tandemd</c>, which can examine this machine without serving.</summary>
internal static class ServiceProgram
{
    /// <summary>The program's file name.</summary>
    public const string Name = "tandemd";

    /// <summary>The examination takes up to a second; the rest is reserve for a busy machine.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Searches beside this command, in $PATH and in /usr/sbin; null if there is none.</summary>
    public static string? Find()
    {
        var beside = Path.GetDirectoryName(Environment.ProcessPath);
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new[] { beside }
            .Concat(path)
            .Append("/usr/sbin")
            .Where(folder => !string.IsNullOrEmpty(folder))
            .Select(folder => Path.Combine(folder!, Name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Runs <c>tandemd --doctor</c> and returns its report.</summary>
    public static async Task<DoctorReport> ExamineAsync(string program, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(TimeLimit);
        using var process = Start(program);
        try
        {
            var error = process.StandardError.ReadToEndAsync(limited.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limited.Token);
            await process.WaitForExitAsync(limited.Token);
            return JsonSerializer.Deserialize(output, TandemJson.Default.DoctorReport) ?? throw Failed(program, await error);
        }
        catch (JsonException e)
        {
            throw Failed(program, e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill();
            throw Failed(program, $"no answer within {TimeLimit.TotalSeconds} s");
        }
    }

    private static Process Start(string program)
    {
        try
        {
            var start = new ProcessStartInfo(program, ["--doctor"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            return Process.Start(start) ?? throw Failed(program, "it does not start");
        }
        catch (Win32Exception e)
        {
            throw Failed(program, e.Message);
        }
    }

    private static CommandException Failed(string program, string reason) =>
        new(ExitCode.Refused, $"{program} --doctor: {reason.Trim()}; is it of the same version as this command?");
}

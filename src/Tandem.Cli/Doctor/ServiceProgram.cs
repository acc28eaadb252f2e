using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Doctor;

/// <summary>The program of the service, which can look at this machine without serving.</summary>
internal static class ServiceProgram
{
    /// <summary>Its file name.</summary>
    public const string Name = "tandemd";

    /// <summary>It looks for a second at most; the rest is for a machine that has other things to do.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Finds it beside this command, in $PATH, or in /usr/sbin; null if it is nowhere.</summary>
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

    /// <summary>Has it look.</summary>
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

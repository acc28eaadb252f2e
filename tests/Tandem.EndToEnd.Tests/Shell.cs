using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tandem.EndToEnd.Tests;

/// <summary>Result of a command.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>Runs commands, each with a time limit.</summary>
internal static partial class Shell
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end.</summary>
    public static Outcome Run(params string[] command) => Run(Bound, command);

    /// <summary>Runs a command to its end, with a time limit of its own.</summary>
    public static Outcome Run(TimeSpan bound, params string[] command)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} did not end");
        }
        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Runs a command that must succeed; its output.</summary>
    public static string Must(params string[] command)
    {
        var outcome = Run(command);
        return outcome.ExitCode == 0
            ? outcome.Output
            : throw new InvalidOperationException($"{string.Join(' ', command)}: exit {outcome.ExitCode}: {outcome.All}");
    }

    /// <summary>Starts a command and leaves it running.</summary>
    public static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException(command[0]);
    }

    /// <summary>Waits until something holds; fails after a time limit.</summary>
    public static void Until(Func<bool> holds, string what, double seconds = 10) => Until(() => holds() ? null : "", what, seconds);

    /// <summary>Waits until a check finds no problem; fails with the last problem after a time limit.</summary>
    public static void Until(Func<string?> wrong, string what, double seconds = 10)
    {
        var watch = Stopwatch.StartNew();
        while (wrong() is { } last)
        {
            if (watch.Elapsed.TotalSeconds > seconds)
                throw new TimeoutException($"not within {seconds} s: {what}{(last.Length > 0 ? ": " : "")}{last}");
            Thread.Sleep(10);
        }
    }

    /// <summary>Runs several actions at once, waits for all, and fails with the first failure.</summary>
    public static void AtOnce(params Action[] actions) => Task.WhenAll(actions.Select(Task.Run)).GetAwaiter().GetResult();

    /// <summary>Kills all processes in a namespace of a test.</summary>
    public static void EndAll(string name)
    {
        foreach (var pid in Run("ip", "netns", "pids", name).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Run("kill", "-9", pid);
    }

    /// <summary>Sends a signal to a process that this test started.</summary>
    public static void Signal(Process process, PosixSignal signal) => Signal(process.Id, signal == PosixSignal.SIGTERM ? 15 : 2);

    /// <summary>Sends a signal by number.</summary>
    public static void Signal(int pid, int signal)
    {
        if (Run("kill", $"-{signal}", $"{pid}").ExitCode != 0)
            throw new Win32Exception($"kill -{signal} {pid}");
    }
}

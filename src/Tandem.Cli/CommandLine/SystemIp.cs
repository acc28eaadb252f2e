using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Tandem.Cli.CommandLine;

/// <summary>Runs the machine's <c>ip</c>, for requests that do not concern the service.</summary>
internal static class SystemIp
{
    /// <summary>A line of the wrapper that <c>tandem shim install</c> puts in front of <c>ip</c>.</summary>
    public const string WrapperMark = "# ip with the bonds of Tandem";

    private const int HeadLength = 256;

    private static readonly string[] UsualFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Runs <c>ip link set</c>, which writes to this command's streams. On failure returns false and takes over its exit
    /// code.</summary>
    public static Task<bool> LinkSetAsync(CommandContext context, IReadOnlyList<string> words) =>
        RunAsync(context, [.. context.Netns is { } netns ? ["-n", netns] : (string[])[], "link", "set", .. words]);

    /// <summary>Runs <c>ip</c>, which writes to this command's streams. On failure returns false and takes over its exit code.</summary>
    /// <param name="context">The command's streams.</param>
    /// <param name="words">The arguments.</param>
    /// <param name="input">Its standard input; null for that of this command.</param>
    public static async Task<bool> RunAsync(CommandContext context, IEnumerable<string> words, string? input = null)
    {
        // Write our output before that of ip.
        await context.Output.FlushAsync(context.Cancellation);
        using var process = Start(context, words, start => start.RedirectStandardInput = input is not null);
        if (input is not null)
            await WriteAsync(process, input);
        return await EndAsync(context, process);
    }

    /// <summary>Runs <c>ip</c> and returns what it writes to standard output; its errors go to this command's. Takes over its exit
    /// code.</summary>
    public static async Task<byte[]> ReadAsync(CommandContext context, IEnumerable<string> words)
    {
        using var process = Start(context, words, start => start.RedirectStandardOutput = true);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, CancellationToken.None);
        await EndAsync(context, process);
        return output.ToArray();
    }

    /// <summary>Runs <c>ip</c> with an input, and returns what it writes to standard error. Takes over its exit code.</summary>
    public static async Task<string> ReadErrorsAsync(CommandContext context, IEnumerable<string> words, string input)
    {
        await context.Output.FlushAsync(context.Cancellation);
        using var process = Start(
            context,
            words,
            start =>
            {
                start.RedirectStandardInput = true;
                start.RedirectStandardError = true;
            }
        );
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await WriteAsync(process, input);
        var text = await errors;
        await EndAsync(context, process);
        return text;
    }

    /// <summary>The first <c>ip</c> in $PATH and the usual folders that is not the wrapper; null if there is none.</summary>
    public static string? Find() =>
        // The $PATH of users other than root may lack the directories of system programs.
        (Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Concat(UsualFolders)
            .Select(folder => Path.Combine(folder, "ip"))
            .FirstOrDefault(program => File.Exists(program) && !IsWrapper(program));

    /// <summary>Whether a file is the wrapper.</summary>
    public static bool IsWrapper(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var head = new byte[HeadLength];
            var length = file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
            return head.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes(WrapperMark)) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all.
        }
    }

    private static async Task<bool> EndAsync(CommandContext context, Process process)
    {
        // Ctrl-C reaches ip as well, which then ends.
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0)
            context.ExitCode = process.ExitCode;
        return process.ExitCode == 0;
    }

    private static Process Start(CommandContext context, IEnumerable<string> words, Action<ProcessStartInfo> configure)
    {
        var program =
            context.IpProgram
            ?? Find()
            ?? throw new CommandException(ExitCode.Refused, "ip: not found in $PATH or /usr/sbin; install iproute2");
        var start = new ProcessStartInfo(program, words) { UseShellExecute = false };
        configure(start);
        try
        {
            return Process.Start(start) ?? throw new CommandException(ExitCode.Refused, $"{program}: does not start");
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Refused, $"{program}: {e.Message}; install iproute2");
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;

namespace Tandem.Cli.CommandLine;

/// <summary>Runs the machine's <c>ip</c>, for requests that do not concern the service.</summary>
internal static class SystemIp
{
    private static readonly string[] UsualFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Runs <c>ip link set</c>, which writes to this command's streams. On failure returns false and takes over its exit
    /// code.</summary>
    public static async Task<bool> LinkSetAsync(CommandContext context, IReadOnlyList<string> words)
    {
        var program =
            context.IpProgram
            ?? Find()
            ?? throw new CommandException(ExitCode.Refused, "ip: not found in $PATH or /usr/sbin; install iproute2");
        // Write our output before that of ip.
        await context.Output.FlushAsync(context.Cancellation);
        using var process = Start(program, [.. context.Netns is { } netns ? ["-n", netns] : (string[])[], "link", "set", .. words]);
        // Ctrl-C reaches ip as well, which then ends.
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0)
            context.ExitCode = process.ExitCode;
        return process.ExitCode == 0;
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })
                ?? throw new CommandException(ExitCode.Refused, $"{program}: does not start");
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Refused, $"{program}: {e.Message}; install iproute2");
        }
    }

    // The $PATH of users other than root may lack the directories of system programs.
    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Concat(UsualFolders)
            .Select(folder => Path.Combine(folder, "ip"))
            .FirstOrDefault(File.Exists);
}

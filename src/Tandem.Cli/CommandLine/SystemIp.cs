using System.ComponentModel;
using System.Diagnostics;

namespace Tandem.Cli.CommandLine;

/// <summary>The command <c>ip</c> of this machine, for what the service has no part in.</summary>
internal static class SystemIp
{
    private static readonly string[] UsualFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Runs <c>ip link set</c> with words; it writes where this command writes. False, and its exit code is this command's, if it failed.</summary>
    public static async Task<bool> LinkSetAsync(CommandContext context, IReadOnlyList<string> words)
    {
        var program =
            context.IpProgram
            ?? Find()
            ?? throw new CommandException(ExitCode.Refused, "ip: not found in $PATH or /usr/sbin; install iproute2");
        // What this command wrote comes before what ip writes.
        await context.Output.FlushAsync(context.Cancellation);
        using var process = Start(program, ["link", "set", .. words]);
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

    // Users other than root may have no folder of system programs in $PATH.
    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Concat(UsualFolders)
            .Select(folder => Path.Combine(folder, "ip"))
            .FirstOrDefault(File.Exists);
}

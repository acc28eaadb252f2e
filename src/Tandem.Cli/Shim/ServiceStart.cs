using System.ComponentModel;
using System.Diagnostics;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Shim;

/// <summary>Starts the service if none runs, as the kernel loads its driver: by systemd where that runs, else in the background.</summary>
internal static class ServiceStart
{
    private const string LogName = "tandemd.log";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>A client of a service that answers. Waits for its start.</summary>
    public static async Task<TandemClient> ConnectAsync(CommandContext context)
    {
        var client = context.Connect();
        try
        {
            if (!await IsRunningAsync(context, client))
            {
                await StartAsync(context);
                await WaitAsync(context, client);
            }
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Whether a service answers.</summary>
    public static async Task<bool> IsRunningAsync(CommandContext context)
    {
        using var client = context.Connect();
        return await IsRunningAsync(context, client);
    }

    private static async Task<bool> IsRunningAsync(CommandContext context, TandemClient client)
    {
        try
        {
            await client.GetServiceAsync(context.Cancellation);
            return true;
        }
        catch (TandemUnavailableException e) when (e.Cause is UnavailableCause.NoSocket or UnavailableCause.NobodyListens)
        {
            return false;
        }
    }

    private static async Task WaitAsync(CommandContext context, TandemClient client)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(Retry, context.Cancellation))
        {
            try
            {
                await client.GetServiceAsync(context.Cancellation);
                return;
            }
            catch (TandemUnavailableException) when (watch.Elapsed < Limit)
            {
                // It opens its socket when it has taken over what an earlier one left.
            }
        }
    }

    private static async Task StartAsync(CommandContext context)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new CommandException(
                ExitCode.Refused,
                $"{context.SocketPath}: no service runs here; run the command as root, which starts it"
            );
        // The unit listens on the default socket, and in the host's network namespace.
        if (Directory.Exists("/run/systemd/system") && context.SocketPath == Endpoints.DefaultSocket)
        {
            await RunAsync(context, "systemctl", ["start", Doctor.ServiceProgram.Name]);
            return;
        }
        var program =
            context.ServiceProgram
            ?? Doctor.ServiceProgram.Find()
            ?? throw new CommandException(ExitCode.Refused, "tandemd: not found beside this command, in $PATH or /usr/sbin");
        var folder = Path.GetDirectoryName(context.SocketPath) ?? "/";
        // In a session of its own, and without our streams: whoever started this command waits for their end.
        const string Script = """
            umask 022 && mkdir -p "$3" || exit
            setsid "$1" --socket "$2" </dev/null >>"$3/$4" 2>&1 &
            """;
        await RunAsync(context, "/bin/sh", ["-c", Script, "sh", program, context.SocketPath, folder, LogName]);
    }

    private static async Task RunAsync(CommandContext context, string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
            await process.WaitForExitAsync(context.Cancellation);
            if (process.ExitCode != 0)
                throw new CommandException(
                    ExitCode.Refused,
                    $"{program} {arguments[0]}: the service does not start (status {process.ExitCode})"
                );
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Refused, $"{program}: {e.Message}");
        }
    }
}

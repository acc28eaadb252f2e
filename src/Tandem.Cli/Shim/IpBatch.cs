using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Shim;

/// <summary>
/// <c>ip -batch FILE</c>: runs of lines that do not concern bonds go to one <c>ip</c> each, with empty lines before them, so that its messages have
/// the right numbers.
/// </summary>
internal static class IpBatch
{
    /// <summary>Runs a batch.</summary>
    public static async Task RunAsync(CommandContext context, IpLine line, string file, KnownDevices devices)
    {
        string text;
        try
        {
            text =
                file == "-"
                    ? await context.Input.ReadToEndAsync(context.Cancellation)
                    : await File.ReadAllTextAsync(file, context.Cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await SystemIp.RunAsync(context, line.All);
            return;
        }
        var lines = BatchLine.Read(text).ToList();
        if (!lines.Exists(one => IsOurs(context, Whole(line, one), devices)))
        {
            await SystemIp.RunAsync(context, line.All, file == "-" ? text : null);
            return;
        }
        var failed = false;
        for (var next = 0; next < lines.Count && (!failed || line.IsForced); )
        {
            // A line may have made or removed a bond.
            devices = await KnownDevices.AskAsync(context);
            var first = next;
            while (next < lines.Count && !IsOurs(context, Whole(line, lines[next]), devices))
                next++;
            failed |=
                next > first
                    ? !await PassAsync(context, line, file, lines[first..next])
                    : !await RunAsync(context, line, file, lines[next++], devices);
        }
        context.ExitCode = failed ? ExitCode.NotFound : ExitCode.Done;
    }

    private static bool IsOurs(CommandContext context, IpLine line, KnownDevices devices) =>
        line.Object is not null && IpActions.Of(line, devices, context) != IpAction.Pass;

    private static IpLine Whole(IpLine batch, BatchLine line) => IpLine.Read([.. batch.Options, "--", .. line.Words]);

    private static async Task<bool> PassAsync(CommandContext context, IpLine batch, string file, List<BatchLine> lines)
    {
        var before = lines[0].Number - lines[0].Height;
        var input = new string('\n', before) + string.Join('\n', lines.Select(line => line.Text)) + "\n";
        context.ExitCode = ExitCode.Done;
        var errors = await SystemIp.ReadErrorsAsync(context, [.. batch.Options, "-batch", "-"], input);
        await context.Error.WriteAsync(errors.Replace("Command failed -:", $"Command failed {file}:", StringComparison.Ordinal));
        return context.ExitCode == ExitCode.Done;
    }

    private static async Task<bool> RunAsync(CommandContext context, IpLine batch, string file, BatchLine line, KnownDevices devices)
    {
        context.ExitCode = ExitCode.Done;
        try
        {
            await IpCommand.RunAsync(context, Whole(batch, line), devices);
        }
        catch (Exception e) when (e is CommandException or Api.TandemException)
        {
            await context.Error.WriteLineAsync($"Error: {e.Message}");
            context.ExitCode = ExitCode.Refused;
        }
        await context.Output.FlushAsync(context.Cancellation);
        if (context.ExitCode == ExitCode.Done)
            return true;
        await context.Error.WriteLineAsync($"Command failed {file}:{line.Number}");
        return false;
    }
}

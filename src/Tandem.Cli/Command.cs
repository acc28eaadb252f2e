using Tandem.Api;
using Tandem.Cli.Alb;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Doctor;
using Tandem.Cli.Events;
using Tandem.Cli.Explain;
using Tandem.Cli.Help;
using Tandem.Cli.Lacp;
using Tandem.Cli.Links;
using Tandem.Cli.Status;

namespace Tandem.Cli;

/// <summary>The command: global options, then an object such as <c>link</c>, then its own words.</summary>
internal static class Command
{
    /// <summary>Runs a command line and returns its exit code.</summary>
    public static async Task<int> RunAsync(CommandContext context, IReadOnlyList<string> words)
    {
        try
        {
            await DispatchAsync(context, new Arguments(words));
            return context.ExitCode;
        }
        catch (CommandException e)
        {
            await context.Error.WriteLineAsync($"Error: {e.Message}");
            return e.ExitCode;
        }
        catch (TandemException e)
        {
            await context.Error.WriteLineAsync($"Error: {e.Message}");
            return e.Kind is "no-device" or "no-bond" ? ExitCode.NotFound : ExitCode.Refused;
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (IOException e)
        {
            await context.Error.WriteLineAsync($"Error: {e.Message}");
            return ExitCode.Refused;
        }
        finally
        {
            await FlushAsync(context);
        }
    }

    private static async Task DispatchAsync(CommandContext context, Arguments arguments)
    {
        GlobalOptions.Read(context, arguments);
        if (context.WantsHelp)
        {
            await context.Output.WriteAsync(HelpText.Top);
            return;
        }
        if (context.WantsVersion)
        {
            await context.Output.WriteLineAsync(HelpText.VersionLine);
            return;
        }
        if (arguments.AtEnd)
            throw new CommandException(
                ExitCode.Syntax,
                "nothing to do; accepted: link, show, monitor, explain, lacp, alb, doctor, version, help"
            );
        var word = arguments.Take();
        // Shortened words mean the first in this order, as with `ip`.
        var command = Keyword.Find(word, "link", "show", "monitor", "explain", "lacp", "alb", "doctor", "version", "help");
        switch (command)
        {
            case "link":
                await LinkCommand.RunAsync(context, arguments);
                break;
            case "show":
                await ShowCommand.RunAsync(context, arguments);
                break;
            case "monitor":
                await MonitorCommand.RunAsync(context, arguments);
                break;
            case "explain":
                await ExplainCommand.RunAsync(context, arguments);
                break;
            case "lacp":
                await LacpCommand.RunAsync(context, arguments);
                break;
            case "alb":
                await AlbCommand.RunAsync(context, arguments);
                break;
            case "doctor":
                await DoctorCommand.RunAsync(context, arguments);
                break;
            case "version":
                await context.Output.WriteLineAsync(HelpText.VersionLine);
                break;
            case "help":
                await context.Output.WriteAsync(HelpText.Top);
                break;
            default:
                throw new CommandException(
                    ExitCode.NotFound,
                    $"object \"{word}\" is unknown; accepted: link, show, monitor, explain, lacp, alb, doctor, version, help"
                );
        }
    }

    private static async Task FlushAsync(CommandContext context)
    {
        try
        {
            await context.Output.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // Nobody reads any more (`tandem link show | head -1`).
        }
    }
}

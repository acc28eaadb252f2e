using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli;

/// <summary>Runs a command line: global options, then an object such as <c>link</c>, then the object's arguments.</summary>
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
            return e.Kind is "no-device" or "no-bond" or ErrorKinds.NoRollback ? ExitCode.NotFound : ExitCode.Refused;
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
            await context.Output.WriteAsync(CommandTable.Help);
            return;
        }
        if (context.WantsVersion)
        {
            await context.Output.WriteLineAsync(HelpText.VersionLine);
            return;
        }
        if (arguments.AtEnd)
            throw new CommandException(ExitCode.Syntax, $"nothing to do; accepted: {CommandTable.Names}");
        var word = arguments.Take();
        var command =
            CommandTable.Find(word)
            ?? throw new CommandException(
                ExitCode.NotFound,
                $"object \"{word}\" is unknown; {CommandTable.Suggest(word)}accepted: {CommandTable.Names}"
            );
        await command.RunAsync(context, arguments);
    }

    private static async Task FlushAsync(CommandContext context)
    {
        try
        {
            await context.Output.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The reader closed the pipe (`tandem link show | head -1`).
        }
    }
}

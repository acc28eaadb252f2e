using System.Globalization;
using System.Text.Json;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Events;

/// <summary><c>tandem monitor</c>: prints events, one per line, until Ctrl-C. Reconnects when the service comes back.</summary>
internal static class MonitorCommand
{
    /// <summary>Runs the command with the arguments after <c>monitor</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.Peek is { } word && Keyword.Matches(word, "help"))
        {
            await context.Output.WriteAsync(HelpText.Monitor);
            return;
        }
        if (arguments.Peek is { } other)
            throw new CommandException(
                ExitCode.Syntax,
                $"\"{other}\" was not expected here; accepted: monitor alone, which prints the events of all bonds"
            );
        using var client = context.Connect();
        // If no service runs at the start, the error is more useful than waiting.
        await WriteEventsAsync(context, client);
        while (true)
        {
            await context.Error.WriteLineAsync("the service ended, or closed the connection; waiting for it to come back (Ctrl-C ends)");
            await ReturnAsync(context, client);
        }
    }

    /// <summary>Writes events until the stream ends.</summary>
    private static async Task WriteEventsAsync(CommandContext context, TandemClient client)
    {
        await foreach (var message in Watch(context, client))
        {
            await context.Output.WriteLineAsync(context.Json ? ToJson(message) : ToText(message));
            // Flush each event for a reader at a pipe.
            await context.Output.FlushAsync(context.Cancellation);
        }
    }

    private static IAsyncEnumerable<EventMessage> Watch(CommandContext context, TandemClient client) =>
        context.All ? client.WatchAllAsync(context.Cancellation) : client.WatchAsync(context.Cancellation);

    /// <summary>Reconnects, and writes events until the stream ends.</summary>
    private static async Task ReturnAsync(CommandContext context, TandemClient client)
    {
        while (true)
        {
            await Task.Delay(context.RetryDelay, context.Cancellation);
            try
            {
                await WriteEventsAsync(context, client);
                return;
            }
            catch (TandemException e) when (e is TandemUnavailableException || e.Kind == ErrorKinds.Busy)
            {
                // Not back yet, or not ready. A new socket belongs to root alone for a moment.
            }
        }
    }

    internal static string ToText(EventMessage message)
    {
        var time = message.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var bond = message.Netns is { } netns ? $"{netns}/{message.Bond}" : message.Bond;
        var whose = message.Member is null ? bond : $"{bond} {message.Member}";
        return $"{time} {message.Level, -7} {whose}: {message.Kind}: {message.Reason}";
    }

    private static string ToJson(EventMessage message) =>
        JsonText.Format(JsonSerializer.SerializeToNode(message, TandemJson.Default.EventMessage)!, pretty: false);
}

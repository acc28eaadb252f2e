using System.Globalization;
using System.Text.Json;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Events;

/// <summary><c>tandem monitor</c>: events as they happen, a line each, until Ctrl-C or until the service ends.</summary>
internal static class MonitorCommand
{
    /// <summary>Runs what follows <c>monitor</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.Peek is { } word && Keyword.Matches(word, "help"))
        {
            await context.Output.WriteAsync(HelpText.Monitor);
            return;
        }
        arguments.End();
        using var client = context.Connect();
        await foreach (var message in client.WatchAsync(context.Cancellation))
        {
            await context.Output.WriteLineAsync(context.Json ? ToJson(message) : ToText(message));
            // Whoever reads through a pipe wants to know now.
            await context.Output.FlushAsync(context.Cancellation);
        }
        throw new CommandException(ExitCode.Refused, "the service ended; start \"tandem monitor\" again when it is back");
    }

    internal static string ToText(EventMessage message)
    {
        var time = message.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var whose = message.Member is null ? message.Bond : $"{message.Bond} {message.Member}";
        return $"{time} {message.Level, -7} {whose}: {message.Kind}: {message.Reason}";
    }

    private static string ToJson(EventMessage message) =>
        JsonText.Format(JsonSerializer.SerializeToNode(message, TandemJson.Default.EventMessage)!, pretty: false);
}

using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Files;

/// <summary><c>tandem confirm</c>: keeps changes that wait for confirmation.</summary>
internal static class ConfirmCommand
{
    /// <summary>Runs the command with the arguments after <c>confirm</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.Peek is { } word && Keyword.IsHelp(word, isFirst: true))
        {
            await context.Output.WriteAsync(FilesHelp.Confirm);
            return;
        }
        arguments.End();
        using var client = context.Connect();
        await client.ConfirmAsync(cancellation: context.Cancellation);
        await context.Output.WriteLineAsync("Confirmed: the bonds stay as they are.");
    }
}

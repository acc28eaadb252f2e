using Tandem.Cli;
using Tandem.Cli.CommandLine;

// .NET's console would change the terminal's key mode and leave it so. For a dumb terminal it knows no such sequence.
Environment.SetEnvironmentVariable("TERM", "dumb");

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
var context = new CommandContext(output, Console.Error, Console.In, stop.Token) { IsTerminal = !Console.IsOutputRedirected };
return await Command.RunAsync(context, args);

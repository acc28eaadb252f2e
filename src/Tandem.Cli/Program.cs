using Tandem.Cli;
using Tandem.Cli.CommandLine;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
var context = new CommandContext(output, Console.Error, Console.In, stop.Token);
return await Command.RunAsync(context, args);

using Tandem.Cli;
using Tandem.Cli.CommandLine;

// The runtime's console sets a terminal up for keys that nobody reads here, and leaves it so; it knows no sequence for that of a dumb one.
Environment.SetEnvironmentVariable("TERM", "dumb");

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
var context = new CommandContext(output, Console.Error, Console.In, stop.Token);
return await Command.RunAsync(context, args);

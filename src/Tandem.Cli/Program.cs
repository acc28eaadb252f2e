using System.Runtime.InteropServices;
using Tandem.Cli;
using Tandem.Cli.CommandLine;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(
    PosixSignal.SIGINT,
    signal =>
    {
        signal.Cancel = true;
        stop.Cancel();
    }
);

// The streams themselves: Console's own readers and writers set the terminal up for keys, with sequences that it shows or keeps.
await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
await using var error = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
using var input = new StreamReader(Console.OpenStandardInput());
var context = new CommandContext(output, error, input, stop.Token);
return await Command.RunAsync(context, args);

using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Tests;

/// <summary>A run of the command: its exit code and output.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line with a socket on which no process listens.</summary>
    public static Task<CommandRun> OfAsync(params string[] words) => OfAsync("", words);

    public static async Task<CommandRun> OfAsync(
        string input,
        string[] words,
        string socket = "/nonexistent/tandem.sock",
        TimeSpan? timeLimit = null,
        FakeMachine? machine = null
    )
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var context = new CommandContext(output, error, reader, CancellationToken.None)
        {
            Socket = socket,
            TimeLimit = timeLimit,
            // Missing paths keep the command from changing this machine.
            IpProgram = machine?.Ip ?? "/nonexistent/ip",
            Root = machine?.Root ?? "/nonexistent",
            Interfaces = machine?.Interfaces ?? "/nonexistent/net",
        };
        var exitCode = await Command.RunAsync(context, words);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    public static Task<CommandRun> OfLineAsync(string line) => OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

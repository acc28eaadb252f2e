using System.Text.Json;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Doctor;

/// <summary><c>tandem doctor</c>: what this machine supports, what will be used, and what each missing facility costs.</summary>
internal static class DoctorCommand
{
    /// <summary>Runs the command with the arguments after <c>doctor</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.Peek is { } word && Keyword.Matches(word, "help"))
        {
            await context.Output.WriteAsync(HelpText.Doctor);
            return;
        }
        arguments.End();
        var (report, asked) = await ExamineAsync(context);
        if (context.Json)
        {
            var json = JsonSerializer.SerializeToNode(report, TandemJson.Default.DoctorReport)!;
            await context.Output.WriteLineAsync(JsonText.Format(json, context.Pretty));
        }
        else
        {
            await context.Output.WriteAsync($"{asked}\n\n{DoctorText.Format(report)}");
        }
        context.ExitCode = report.CanBond ? ExitCode.Done : ExitCode.NotFound;
    }

    private static async Task<(DoctorReport Report, string Asked)> ExamineAsync(CommandContext context)
    {
        using var client = context.Connect();
        try
        {
            var report = await client.GetDoctorAsync(context.Cancellation);
            return (report, $"Examined by the service (tandemd {report.Version} on {client.SocketPath}).");
        }
        catch (TandemUnavailableException e)
        {
            var program =
                context.ServiceProgram
                ?? ServiceProgram.Find()
                ?? throw new CommandException(
                    ExitCode.Refused,
                    $"{e.Message}; and {ServiceProgram.Name} was not found beside this command, in $PATH or in /usr/sbin"
                );
            var report = await ServiceProgram.ExamineAsync(program, context.Cancellation);
            return (report, $"{Reason(e, client.SocketPath)} Examined by {program} --doctor, with the rights of this user.");
        }
    }

    // A service that refuses the connection or hangs may be running, so its absence is not reported.
    private static string Reason(TandemUnavailableException e, string socket) =>
        e.Cause is UnavailableCause.NoSocket or UnavailableCause.NobodyListens
            ? $"No service runs on {socket}."
            : $"The service did not answer ({e.Message}).";
}

using System.Text.Json.Nodes;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Core.Hashing;

namespace Tandem.Cli.Explain;

/// <summary><c>tandem explain</c>: which member a frame takes, and why.</summary>
internal static class ExplainCommand
{
    private const string NotAFrame = "not a frame";
    private const string FrameForm = "pairs of hexadecimal digits";

    /// <summary>Runs the command with the arguments after <c>explain</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments words)
    {
        var arguments = ExplainArguments.Read(words);
        if (arguments.WantsHelp)
        {
            await context.Output.WriteAsync(HelpText.Explain);
            return;
        }
        var subject = arguments.Bond is null ? ExplainSubject.Of(arguments) : await AskAsync(context, arguments);
        if (arguments.Capture is { } capture)
            await CaptureShares.WriteAsync(context, subject, arguments.Policy, capture);
        else if (arguments.Frame == "-")
            await ExplainLinesAsync(context, subject);
        else
            await ExplainOneAsync(context, subject, arguments);
    }

    private static async Task<ExplainSubject> AskAsync(CommandContext context, ExplainArguments arguments)
    {
        using var client = context.Connect();
        var bond = await client.GetBondAsync(arguments.Bond!, context.Cancellation);
        return ExplainSubject.Of(bond, await client.GetPlanAsync(bond.Name, context.Cancellation), arguments);
    }

    private static byte[] Frame(ExplainArguments arguments, ExplainSubject subject)
    {
        if (arguments.Flow is not { } flow)
            return ParseFrame(arguments.Frame!)
                ?? throw CommandException.BadValue("--frame", Shorten(arguments.Frame!), NotAFrame, FrameForm);
        if (arguments.SourceMac is null && subject.Address is { } own)
            flow = flow with { SourceMac = own };
        return flow.BuildFrame();
    }

    private static async Task ExplainOneAsync(CommandContext context, ExplainSubject subject, ExplainArguments arguments)
    {
        var explanation = subject.Explain(Frame(arguments, subject));
        if (
            arguments is { Flow: { } flow, DestinationMac: null }
            && explanation is { Hash: not null, Policy: HashPolicy.Layer2 or HashPolicy.Layer23 or HashPolicy.Encap23 }
        )
            explanation = explanation.WithNote(
                $"the destination MAC {flow.DestinationMac} is assumed, and the hash depends on it: give --dst-mac, the neighbour's address (ip neigh)"
            );
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ExplanationFormat.ToJson(explanation, subject), context.Pretty));
        else
            await context.Output.WriteAsync(ExplanationFormat.ToText(explanation, subject));
    }

    /// <summary>Explains one frame per input line on one output line. A line that is no frame gets an error line, and makes the command
    /// fail at the end.</summary>
    private static async Task ExplainLinesAsync(CommandContext context, ExplainSubject subject)
    {
        var bad = 0;
        while (await context.Input.ReadLineAsync(context.Cancellation) is { } line)
        {
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            if (ParseFrame(line) is { } frame)
            {
                await context.Output.WriteLineAsync(Answer(context, subject, frame));
                continue;
            }
            bad++;
            var problem = $"{Shorten(line)}: {NotAFrame}; accepted: {FrameForm}";
            await context.Output.WriteLineAsync(
                context.Json ? JsonText.Format(new JsonObject { ["error"] = problem }, pretty: false) : $"error {problem}"
            );
        }
        if (bad > 0)
            throw new CommandException(ExitCode.Syntax, $"--frame -: {bad} of the lines: {NotAFrame}; accepted: {FrameForm}");
    }

    private static string Answer(CommandContext context, ExplainSubject subject, byte[] frame)
    {
        var explanation = subject.Explain(frame);
        return context.Json
            ? JsonText.Format(ExplanationFormat.ToJson(explanation, subject), pretty: false)
            : ExplanationFormat.ToLine(explanation, subject);
    }

    /// <summary>Parses a frame in hexadecimal digits, with optional blanks and colons; null if it is none.</summary>
    internal static byte[]? ParseFrame(string text)
    {
        var digits = string.Concat(text.Where(c => c != ':' && !char.IsWhiteSpace(c)));
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
            return null;
        return Convert.FromHexString(digits);
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

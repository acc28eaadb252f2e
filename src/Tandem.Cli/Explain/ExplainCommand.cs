using System.Globalization;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Explain;

/// <summary><c>tandem explain</c>: which member a frame takes, and why.</summary>
internal static class ExplainCommand
{
    /// <summary>Runs what follows <c>explain</c>.</summary>
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
            await ExplainOneAsync(context, subject, Frame(arguments, subject));
    }

    private static async Task<ExplainSubject> AskAsync(CommandContext context, ExplainArguments arguments)
    {
        using var client = context.Connect();
        return ExplainSubject.Of(await client.GetBondAsync(arguments.Bond!, context.Cancellation), arguments);
    }

    private static byte[] Frame(ExplainArguments arguments, ExplainSubject subject)
    {
        if (arguments.Flow is not { } flow)
            return ParseFrame(arguments.Frame!)
                ?? throw CommandException.BadValue("--frame", Shorten(arguments.Frame!), "not a frame", "pairs of hexadecimal digits");
        if (arguments.SourceMac is null && subject.Address is { } own)
            flow = flow with { SourceMac = own };
        return flow.BuildFrame();
    }

    private static async Task ExplainOneAsync(CommandContext context, ExplainSubject subject, byte[] frame)
    {
        var explanation = subject.Explain(frame);
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ExplanationFormat.ToJson(explanation, subject), context.Pretty));
        else
            await context.Output.WriteAsync(ExplanationFormat.ToText(explanation, subject));
    }

    /// <summary>A frame a line in, an answer a line out, as long as lines come.</summary>
    private static async Task ExplainLinesAsync(CommandContext context, ExplainSubject subject)
    {
        for (var number = 1; await context.Input.ReadLineAsync(context.Cancellation) is { } line; number++)
        {
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            var frame =
                ParseFrame(line)
                ?? throw CommandException.BadValue(
                    string.Create(CultureInfo.InvariantCulture, $"line {number}:"),
                    Shorten(line),
                    "not a frame",
                    "pairs of hexadecimal digits"
                );
            var explanation = subject.Explain(frame);
            await context.Output.WriteLineAsync(
                context.Json
                    ? JsonText.Format(ExplanationFormat.ToJson(explanation, subject), pretty: false)
                    : ExplanationFormat.ToLine(explanation, subject)
            );
        }
    }

    /// <summary>Reads a frame in hexadecimal digits, with or without blanks and colons between them; null if it is none.</summary>
    internal static byte[]? ParseFrame(string text)
    {
        var digits = string.Concat(text.Where(c => c != ':' && !char.IsWhiteSpace(c)));
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
            return null;
        return Convert.FromHexString(digits);
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

using System.Text;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Links;

namespace Tandem.Cli.Shim;

/// <summary>
/// <c>tandem ip ...</c>: a command line of <c>ip</c>, with the bonds of Tandem. What concerns them is done by the service or shown as of the driver;
/// all else is done by <c>ip</c>.
/// </summary>
internal static class IpCommand
{
    private const string ShownByDefault = "show";

    // 128 and the number of SIGPIPE.
    private const int ByBrokenPipe = 141;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Runs the command with the arguments after <c>ip</c>.</summary>
    public static Task RunAsync(CommandContext context, Arguments arguments)
    {
        // The options that follow are those of ip.
        arguments.Option = null;
        var words = new List<string>();
        while (!arguments.AtEnd)
            words.Add(arguments.Take());
        return RunAsync(context, words);
    }

    private static async Task RunAsync(CommandContext context, IReadOnlyList<string> words)
    {
        var line = IpLine.Read(words);
        if (line.Namespace is { } other && File.Exists($"/run/netns/{other}") && (line.Batch is not null || line.Object is not null))
            await InNamespaceAsync(context, line, other);
        else if (line.Namespace is not null)
            await SystemIp.RunAsync(context, line.All);
        else if (line.Batch is { } file)
            await IpBatch.RunAsync(context, line, file, await KnownDevices.AskAsync(context));
        else
            await RunAsync(context, line, line.Object is null ? null : await KnownDevices.AskAsync(context));
    }

    /// <summary>Runs one command line.</summary>
    internal static async Task RunAsync(CommandContext context, IpLine line, KnownDevices? devices)
    {
        switch (devices is null ? IpAction.Pass : IpActions.Of(line, devices, context))
        {
            case IpAction.Show:
                await ShowAsync(context, line, devices!);
                break;
            case IpAction.Add:
                await ModuleDefaults.AddAsync(context, new Arguments([.. line.Words.Skip(1)]));
                break;
            case IpAction.Replace:
                await ReplaceAsync(context, [.. line.Words.Skip(1)], devices!);
                break;
            case IpAction.Set:
                await LinkSet.RunAsync(context, new Arguments([.. line.Words.Skip(1)]));
                break;
            case IpAction.Delete:
                await LinkCommand.RunAsync(context, new Arguments(["delete", .. line.Words.Skip(1)]));
                break;
            default:
                await SystemIp.RunAsync(context, line.All);
                break;
        }
    }

    // As with the kernel, a bond that exists is changed.
    private static Task ReplaceAsync(CommandContext context, IReadOnlyList<string> words, KnownDevices devices) =>
        words.Any(word => devices.Find(word)?.Bond is not null)
            ? LinkSet.RunAsync(context, new Arguments(words))
            : ModuleDefaults.AddAsync(context, new Arguments(words));

    private static async Task ShowAsync(CommandContext context, IpLine line, KnownDevices devices)
    {
        var words = line.Words.Count == 0 ? [ShownByDefault] : line.Words;
        var filter = LinkFilter.Read([.. words.Skip(1)], devices);
        string[] command = [.. Options(context, line), line.Object!, words[0], .. filter.Words];
        var output = await SystemIp.ReadAsync(context, command);
        string? text;
        try
        {
            text = output.AsSpan().StartsWith("["u8)
                ? MergedJson.Edit(output, devices, filter)
                : MergedText.Edit(Strict.GetString(output), devices, filter, line.IsOneLine);
        }
        catch (DecoderFallbackException)
        {
            text = null;
        }
        // What cannot be read is left to ip.
        if (text is null)
            await SystemIp.RunAsync(context, line.All);
        else
            await WriteAsync(context, text);
    }

    // Whoever reads it may have enough (ip link | head -1): ip ends by a signal then, and says nothing.
    private static async Task WriteAsync(CommandContext context, string text)
    {
        try
        {
            await context.Output.WriteAsync(text);
            await context.Output.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            context.ExitCode = ByBrokenPipe;
        }
    }

    // ip writes into our pipe, but we may write to a terminal.
    private static IEnumerable<string> Options(CommandContext context, IpLine line) =>
        line.Options.Select(option =>
            option.StartsWith("-c", StringComparison.Ordinal) && option.EndsWith("=auto", StringComparison.Ordinal) && context.IsTerminal
                ? "-color=always"
                : option
        );

    // Interfaces and service are those of the namespace.
    private static Task<bool> InNamespaceAsync(CommandContext context, IpLine line, string other) =>
        SystemIp.RunAsync(
            context,
            [
                "netns",
                "exec",
                other,
                Environment.ProcessPath!,
                "ip",
                .. line.Options,
                .. line.Batch is { } file ? ["-batch", file] : Array.Empty<string>(),
                .. line.Object is { } known ? [known, .. line.Words] : Array.Empty<string>(),
            ]
        );
}

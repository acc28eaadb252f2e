using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary><c>tandem link add NAME type bond OPTIONS</c>.</summary>
internal static class LinkAdd
{
    private const int MaxQueues = 4096;

    /// <summary>Runs the command with the arguments after <c>link add</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (Read(arguments, out var help) is not { } request)
        {
            await context.Output.WriteAsync(help);
            return;
        }
        using var client = context.Connect();
        await CreateAsync(context, client, request);
    }

    /// <summary>Creates a bond; with <c>%d</c> in its name, with the first free one.</summary>
    internal static async Task CreateAsync(CommandContext context, TandemClient client, CreateBondRequest request)
    {
        if (NumberedName.IsPattern(request.Name))
            await NumberedName.CreateAsync(context, client, request);
        else
            await client.CreateBondAsync(request, context.Cancellation);
    }

    /// <summary>Reads the arguments after <c>link add</c>; null if help was requested.</summary>
    internal static CreateBondRequest? Read(Arguments arguments, out string help)
    {
        help = HelpText.Link;
        string? name = null;
        bool? up = null;
        int? transmitQueues = null;
        var device = new DeviceWords();
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (word is "up" or "down")
                up = word == "up";
            else if (word is "dev" or "name")
                name = arguments.Value(word);
            else if (Keyword.IsHelp(word, name is null))
                return null;
            else if (device.TryRead(word, arguments))
                continue;
            // A bond has as many receive queues as transmit queues; numrxqueues is accepted and ignored, since scripts give both.
            else if (Keyword.Find(word, "numtxqueues", "numrxqueues") is { } queues && word.Length > "num".Length)
            {
                var number = RequireQueues(queues, arguments.Number(queues, 0, int.MaxValue));
                transmitQueues = queues == "numtxqueues" ? number : transmitQueues;
            }
            else if (Keyword.Matches(word, "type"))
            {
                BondWords.RequireKind(arguments.Value("type"), "bond");
                help = HelpText.Bond;
                if (BondWords.ReadOptions(OptionScope.Bond, arguments) is not { } options)
                    return null;
                return new CreateBondRequest
                {
                    Name = name ?? NumberedName.Default,
                    Options = options,
                    Address = device.Address,
                    Mtu = device.Mtu,
                    NumTxQueues = transmitQueues,
                    Up = up,
                };
            }
            else
            {
                if (name is not null)
                    RefuseLater(name, word);
                name = BondWords.FirstName(name, word);
            }
        }
        throw new CommandException(ExitCode.Syntax, "the kind of device is missing; accepted: type bond");
    }

    private static void RefuseLater(string name, string word)
    {
        BondWords.RefuseBareOption(word, $"link add {name}");
        if (IpWords.Has(word))
            throw new CommandException(
                ExitCode.Syntax,
                $"{word}: cannot be given to a new bond; accepted: link set {name} {word} ... once it exists"
            );
    }

    // Like the kernel's refusal through ip, with its exit code.
    private static int RequireQueues(string word, int queues) =>
        queues is < 1 or > MaxQueues
            ? throw new CommandException(ExitCode.Refused, $"{word} {queues}: out of range; accepted: 1 to {MaxQueues}")
            : queues;
}

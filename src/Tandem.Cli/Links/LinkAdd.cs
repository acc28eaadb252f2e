using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary><c>tandem link add NAME type bond OPTIONS</c>.</summary>
internal static class LinkAdd
{
    private const int MaxQueues = 4096;

    /// <summary>Runs what follows <c>link add</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (Read(arguments) is not { } request)
        {
            await context.Output.WriteAsync(HelpText.Bond);
            return;
        }
        using var client = context.Connect();
        await client.CreateBondAsync(request, context.Cancellation);
    }

    /// <summary>Reads the words; null if help was asked for.</summary>
    internal static CreateBondRequest? Read(Arguments arguments)
    {
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
            else if (device.TryRead(word, arguments))
                continue;
            // There are as many for what is received as for what is sent; the other word is taken because scripts give it.
            else if (Keyword.Find(word, "numtxqueues", "numrxqueues") is { } queues && word.Length > "num".Length)
            {
                var number = RequireQueues(queues, arguments.Number(queues, 0, int.MaxValue));
                transmitQueues = queues == "numtxqueues" ? number : transmitQueues;
            }
            else if (Keyword.Matches(word, "type"))
            {
                BondWords.RequireKind(arguments.Value("type"), "bond");
                if (BondWords.ReadOptions(OptionScope.Bond, arguments) is not { } options)
                    return null;
                return new CreateBondRequest
                {
                    Name = BondWords.RequireName(name),
                    Options = options,
                    Address = device.Address,
                    Mtu = device.Mtu,
                    NumTxQueues = transmitQueues,
                    Up = up,
                };
            }
            else if (Keyword.Matches(word, "help") && name is null)
                return null;
            else
                name = BondWords.FirstName(name, word);
        }
        BondWords.RequireName(name);
        throw new CommandException(ExitCode.Syntax, "the kind of device is missing; accepted: type bond");
    }

    // The kernel refuses these, not ip; so that is the exit code.
    private static int RequireQueues(string word, int queues) =>
        queues is < 1 or > MaxQueues
            ? throw new CommandException(ExitCode.Refused, $"{word} {queues}: out of range; accepted: 1 to {MaxQueues}")
            : queues;
}

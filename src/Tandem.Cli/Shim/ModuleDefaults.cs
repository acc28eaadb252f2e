using System.Globalization;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Links;
using Tandem.Core.Options;

namespace Tandem.Cli.Shim;

/// <summary>
/// The parameters that the module was loaded with: defaults of bonds that <c>ip link add</c> makes later. They are kept beside the socket until the
/// module is unloaded; that the file exists means that it is loaded.
/// </summary>
/// <param name="Options">Options by their keywords.</param>
/// <param name="TransmitQueues">Number of transmit queues; null for the usual number.</param>
internal sealed record ModuleDefaults(IReadOnlyDictionary<string, string> Options, int? TransmitQueues)
{
    private const string FileName = "bonding.parameters";
    private const string Queues = "tx_queues";

    /// <summary>Reads the file; null if the module is not loaded.</summary>
    public static ModuleDefaults? Read(CommandContext context)
    {
        if (!File.Exists(PathOf(context)))
            return null;
        var words = File.ReadAllText(PathOf(context)).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var all = words.Select(word => word.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[^1], StringComparer.Ordinal);
        return all.Remove(Queues, out var queues)
            ? new ModuleDefaults(all, int.Parse(queues, CultureInfo.InvariantCulture))
            : new ModuleDefaults(all, null);
    }

    /// <summary>Writes the file.</summary>
    public void Write(CommandContext context)
    {
        var words = Options.Select(option => $"{option.Key}={option.Value}");
        if (TransmitQueues is { } queues)
            words = words.Append(string.Create(CultureInfo.InvariantCulture, $"{Queues}={queues}"));
        // The directory is the service's own: nobody else can have planted this name.
        var draft = PathOf(context) + ".new";
        File.WriteAllText(draft, string.Join(' ', words) + "\n");
        File.Move(draft, PathOf(context), overwrite: true);
    }

    /// <summary>Removes the file.</summary>
    public static void Remove(CommandContext context)
    {
        if (File.Exists(PathOf(context)))
            File.Delete(PathOf(context));
    }

    /// <summary>Creates a bond as <c>ip link add</c> does, with these defaults. Starts the service if none runs, as the kernel loads its driver.</summary>
    public static async Task AddAsync(CommandContext context, Arguments arguments)
    {
        if (LinkAdd.Read(arguments, out var help) is not { } request)
        {
            await context.Output.WriteAsync(help);
            return;
        }
        using var client = await ServiceStart.ConnectAsync(context);
        await LinkAdd.CreateAsync(context, client, Read(context)?.Complete(request) ?? request);
    }

    /// <summary>A request with the defaults that fit its options.</summary>
    public CreateBondRequest Complete(CreateBondRequest request)
    {
        var given = request.Options ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var all = new Dictionary<string, string>(Options, StringComparer.Ordinal);
        foreach (var (name, value) in given)
            all[name] = value;
        // Of the two monitors, the one that was asked for: the driver turns the other one off.
        if (IsOn(given, "arp_interval"))
            Drop("miimon", "updelay", "downdelay");
        if (IsOn(given, "miimon"))
            Drop("arp_interval", "arp_validate");
        if (!IsOn(all, "miimon"))
            Drop("updelay", "downdelay");
        var mode = ModeOf(all);
        foreach (var name in Options.Keys)
        {
            if (!BondOptionTable.Get(OptionScope.Bond, name).AppliesTo(mode))
                Drop(name);
        }
        return request with { Options = all, NumTxQueues = request.NumTxQueues ?? TransmitQueues };

        void Drop(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (!given.ContainsKey(name))
                    all.Remove(name);
            }
        }
    }

    private static string PathOf(CommandContext context) => Path.Combine(Path.GetDirectoryName(context.SocketPath) ?? "/", FileName);

    private static bool IsOn(IReadOnlyDictionary<string, string> options, string name) =>
        options.TryGetValue(name, out var text) && WholeNumber.TryParse(text, out var number) && number > 0;

    // A mode that is no mode is left to the service to refuse.
    private static BondMode ModeOf(Dictionary<string, string> options) =>
        options.TryGetValue("mode", out var text) && OptionParser.TryParse(BondOptions.Known.Mode, text, out var mode, out _)
            ? (BondMode)mode.Number
            : BondMode.BalanceRoundRobin;
}

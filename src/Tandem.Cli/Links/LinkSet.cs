using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary><c>tandem link set NAME ...</c>: changes a bond, or makes, changes and releases a member.</summary>
internal sealed class LinkSet
{
    /// <summary>Words of <c>ip link set</c> that are the kernel's business for a bond too.</summary>
    private static readonly string[] KernelWords = ["txqueuelen", "arp", "promisc"];

    private readonly DeviceWords _device = new();
    private string? _name;
    private bool? _up;
    private string? _master;
    private bool _noMaster;
    private IReadOnlyDictionary<string, string>? _bondOptions;
    private IReadOnlyDictionary<string, string>? _memberOptions;
    private string? _help;

    /// <summary>Runs what follows <c>link set</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var set = new LinkSet();
        set.Read(arguments);
        if (set._help is { } help)
        {
            await context.Output.WriteAsync(help);
            return;
        }
        set.RefuseMixture();
        using var client = context.Connect();
        await set.ApplyAsync(client, BondWords.RequireName(set._name), context.Cancellation);
    }

    private void Read(Arguments arguments)
    {
        while (!arguments.AtEnd && _help is null)
        {
            var word = arguments.Take();
            if (word is "up" or "down")
                _up = word == "up";
            else if (word == "dev")
                _name = arguments.Value(word);
            else if (word == "master")
                (_master, _noMaster) = (arguments.Value(word), false);
            else if (word == "nomaster")
                (_master, _noMaster) = (null, true);
            else if (_device.TryRead(word, arguments))
                continue;
            else if (Keyword.Matches(word, "type"))
                ReadType(arguments);
            else if (Keyword.Matches(word, "help") && _name is null)
                _help = HelpText.Link;
            else
            {
                RefuseKernelWord(_name, word);
                _name = BondWords.FirstName(_name, word);
            }
        }
    }

    /// <summary>Says what to do instead about a word that <c>ip</c> has and this command does not. A first word is the device's name, whatever it is.</summary>
    private static void RefuseKernelWord(string? name, string word)
    {
        if (name is null)
            return;
        if (word == "name")
            throw new CommandException(
                ExitCode.Syntax,
                $"{word}: a bond's device must not be renamed; accepted: another name for a new bond"
            );
        if (KernelWords.Contains(word, StringComparer.Ordinal))
            throw new CommandException(ExitCode.Syntax, $"{word}: tandem does not set this; use \"ip link set {name} {word} ...\"");
    }

    private void ReadType(Arguments arguments)
    {
        var kind = arguments.Value("type");
        switch (kind)
        {
            case "bond":
                _bondOptions = BondWords.ReadOptions(OptionScope.Bond, arguments);
                _help = _bondOptions is null ? HelpText.Bond : null;
                break;
            case "bond_slave":
                _memberOptions = BondWords.ReadOptions(OptionScope.Member, arguments);
                _help = _memberOptions is null ? HelpText.Member : null;
                break;
            default:
                BondWords.RequireKind(kind, "bond, bond_slave");
                break;
        }
    }

    // What is for a member goes to another place than what is for a bond, so that one line of both could be carried out by half.
    private void RefuseMixture()
    {
        var forMember =
            _master is not null ? "master"
            : _noMaster ? "nomaster"
            : _memberOptions is not null ? "type bond_slave"
            : null;
        var forBond =
            _bondOptions is not null ? "type bond"
            : _device.Mtu is not null ? "mtu"
            : _device.Address is not null ? "address"
            // A member is brought up when it joins, and given back down: there is nothing to do for these beside "master" and "nomaster".
            : _up is { } up && _master is null && !_noMaster
                ? up ? "up"
                    : "down"
            : null;
        if (forMember is not null && forBond is not null)
            throw new CommandException(
                ExitCode.Syntax,
                $"{forBond}: is for a bond, and \"{forMember}\" for a member; accepted: one of them in one command"
            );
        if (_noMaster && _memberOptions is not null)
            throw new CommandException(
                ExitCode.Syntax,
                "nomaster: released, it has no options of a member; accepted: one of them in one command"
            );
    }

    private async Task ApplyAsync(TandemClient client, string name, CancellationToken cancellation)
    {
        if (_master is not null)
            await JoinAsync(client, _master, name, cancellation);
        else if (_noMaster)
            await ReleaseAsync(client, name, cancellation);
        else if (_memberOptions is { Count: > 0 })
            await ChangeMemberAsync(client, name, cancellation);
        else if (_bondOptions is not null || _up is not null || _device.Mtu is not null || _device.Address is not null)
            await ChangeBondAsync(client, name, cancellation);
        else if (_memberOptions is null)
            await client.GetBondAsync(name, cancellation);
    }

    // Joins with its options, or not at all.
    private Task JoinAsync(TandemClient client, string bond, string name, CancellationToken cancellation) =>
        client.AddMemberAsync(
            bond,
            name,
            _memberOptions is { Count: > 0 } ? new ChangeMemberRequest { Options = _memberOptions } : null,
            cancellation
        );

    private async Task ChangeMemberAsync(TandemClient client, string name, CancellationToken cancellation)
    {
        if (await FindBondAsync(client, name, cancellation) is not { } bond)
            throw new CommandException(ExitCode.Refused, $"{name}: not a member; accepted: link set {name} master BOND first");
        await client.ChangeMemberAsync(bond, name, new ChangeMemberRequest { Options = _memberOptions! }, cancellation);
    }

    private async Task ChangeBondAsync(TandemClient client, string name, CancellationToken cancellation)
    {
        var request = new ChangeBondRequest
        {
            Options = _bondOptions,
            Address = _device.Address,
            Mtu = _device.Mtu,
            Up = _up,
        };
        try
        {
            await client.ChangeBondAsync(name, request, cancellation);
        }
        catch (TandemException e) when (e.Kind == "no-bond" && Exists(name))
        {
            throw new CommandException(
                ExitCode.Refused,
                $"{name}: not a bond of Tandem; accepted: the name of a bond (use \"ip link set {name}\" for other devices)"
            );
        }
    }

    private static async Task ReleaseAsync(TandemClient client, string name, CancellationToken cancellation)
    {
        if (await FindBondAsync(client, name, cancellation) is { } bond)
            await client.RemoveMemberAsync(bond, name, cancellation);
        else if (!Exists(name))
            throw new CommandException(ExitCode.NotFound, $"{name}: there is no interface of that name");
    }

    private static async Task<string?> FindBondAsync(TandemClient client, string member, CancellationToken cancellation) =>
        (await client.GetBondsAsync(cancellation)).FirstOrDefault(bond => bond.Members.Any(candidate => candidate.Name == member))?.Name;

    private static bool Exists(string name) => Directory.Exists(Path.Combine("/sys/class/net", name));
}

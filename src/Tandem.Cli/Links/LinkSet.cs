using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Links;

/// <summary>
/// <c>tandem link set NAME ...</c>: the service changes bonds, and adds, changes and releases members; <c>ip</c> does everything else.
/// </summary>
internal sealed class LinkSet
{
    private readonly CommandContext _context;
    private readonly TandemClient _client;
    private readonly LinkSetWords _words;

    private LinkSet(CommandContext context, TandemClient client, LinkSetWords words) =>
        (_context, _client, _words, Name) = (context, client, words, words.Name);

    private string Name { get; }

    /// <summary>Runs the command with the arguments after <c>link set</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var words = LinkSetWords.Read(arguments);
        if (words.Help is { } help)
        {
            await context.Output.WriteAsync(help);
            return;
        }
        using var client = context.Connect();
        await new LinkSet(context, client, words).ApplyAsync();
    }

    private async Task ApplyAsync()
    {
        // A command for ip may also concern a bond: the service follows the kernel's reports.
        if (_words.ForIp is not null)
            await SystemIp.LinkSetAsync(_context, _words.All);
        else if (_words.Master is { } bond)
            await JoinAsync(bond);
        else if (_words.NoMaster)
            await ReleaseAsync();
        else if (_words.MemberOptions is { Count: > 0 })
            await ChangeMemberAsync();
        else if (_words.BondOptions is not null || _words.Up is not null || _words.Mtu is not null || _words.Address is not null)
            await ChangeBondAsync();
        else if (_words.MemberOptions is null)
            await WithBondOrIpAsync(() => _client.GetBondAsync(Name, _context.Cancellation));
    }

    private async Task JoinAsync(string master)
    {
        try
        {
            await JoinBondAsync(master);
        }
        catch (TandemException e) when (e.Kind == ErrorKinds.NoBond && _context.HasInterface(master) != false)
        {
            if (_words.MemberOptions is not null)
                throw new CommandException(
                    ExitCode.Refused,
                    $"{master}: not a bond of Tandem, and {Name} has no options of a member there; accepted: a name of \"tandem link show type bond\""
                );
            await JoinOtherAsync();
        }
    }

    // A bridge or another master in the kernel. A member is released from its bond first, as by the kernel.
    private async Task JoinOtherAsync()
    {
        if (await FindBondAsync() is { } previous)
            await _client.RemoveMemberAsync(previous, Name, _context.Cancellation);
        await SystemIp.LinkSetAsync(_context, _words.All);
    }

    // All options are set, or the interface does not join. As with the kernel, an interface is set down before it joins, and up
    // afterwards.
    private async Task JoinBondAsync(string bond)
    {
        if (_words.Up == false)
        {
            // Do not set the interface down if the bond does not exist.
            await _client.GetBondAsync(bond, _context.Cancellation);
            if (!await SetUpAsync(false))
                return;
        }
        var options = _words.MemberOptions is { Count: > 0 } given ? new ChangeMemberRequest { Options = given } : null;
        await _client.AddMemberAsync(bond, Name, options, _context.Cancellation);
        if (_words.Up == true)
            await SetUpAsync(true);
    }

    private async Task ReleaseAsync()
    {
        if (await FindBondAsync() is { } bond)
        {
            await _client.RemoveMemberAsync(bond, Name, _context.Cancellation);
            if (_words.Up is { } up)
                await SetUpAsync(up);
        }
        else if (_context.HasInterface(Name) == false)
            throw new CommandException(ExitCode.NotFound, $"{Name}: there is no interface of that name");
        else
            await SystemIp.LinkSetAsync(_context, _words.All);
    }

    private async Task ChangeMemberAsync()
    {
        if (await FindBondAsync() is not { } bond)
            throw new CommandException(ExitCode.Refused, $"{Name}: not a member; accepted: link set {Name} master BOND first");
        await _client.ChangeMemberAsync(bond, Name, new ChangeMemberRequest { Options = _words.MemberOptions! }, _context.Cancellation);
    }

    private Task ChangeBondAsync()
    {
        var request = new ChangeBondRequest
        {
            Options = _words.BondOptions,
            Address = _words.Address,
            Mtu = _words.Mtu,
            Up = _words.Up,
        };
        return WithBondOrIpAsync(() => _client.ChangeBondAsync(Name, request, _context.Cancellation));
    }

    // Try the service first, without asking whether the device is a bond: most devices given here are.
    private async Task WithBondOrIpAsync(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (TandemException e) when (e.Kind == ErrorKinds.NoBond && _context.HasInterface(Name) != false)
        {
            if (_words.BondOptions is not null)
                throw new CommandException(
                    ExitCode.Refused,
                    $"{Name}: not a bond of Tandem, so it has no bond options; accepted: a name of \"tandem link show type bond\""
                );
            await SystemIp.LinkSetAsync(_context, _words.All);
        }
    }

    private Task<bool> SetUpAsync(bool up) => SystemIp.LinkSetAsync(_context, ["dev", Name, up ? "up" : "down"]);

    private async Task<string?> FindBondAsync() =>
        (await _client.GetBondsAsync(_context.Cancellation)).FirstOrDefault(bond => bond.Members.Any(member => member.Name == Name))?.Name;
}

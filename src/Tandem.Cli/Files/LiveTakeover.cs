using System.Diagnostics;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Files;

/// <summary>
/// Moves a bond of the kernel's driver to Tandem. Everything that can be done while the driver's bond carries is done before it is removed: Tandem's bond has
/// another name until then, and in active-backup the members that stand by. Whatever fails, the driver's bond is there again as it was.
/// </summary>
internal sealed class LiveTakeover(CommandContext context, TandemClient client, KernelBond bond)
{
    private const string Temporary = "tandem-import";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    private readonly List<string> _moved = [];
    private bool _isRemoved;

    /// <summary>Moves it.</summary>
    /// <returns>The time from the removal of the driver's bond until Tandem's had carrier and addresses; null if it has no carrier.</returns>
    /// <exception cref="CommandException">A step failed. The message says which, why, and whether the driver's bond is as it was.</exception>
    public async Task<TimeSpan?> RunAsync()
    {
        try
        {
            await SayAsync($"{bond.Name}: the bond of Tandem is prepared");
            var spec = bond.Bond.Spec;
            await client.PutBondAsync(Temporary, spec with { Address = bond.Address, Members = [], Up = false }, CancellationToken.None);
            foreach (var standby in bond.Standbys)
            {
                await SayAsync($"{standby}: moves, while {bond.Active} carries");
                _moved.Add(standby);
                await IpAsync([$"link set dev {standby} nomaster", $"link set dev {standby} down"]);
                await JoinAsync(Temporary, standby);
            }
            await SayAsync($"{bond.Name}: the bond of the driver is removed");
            var outage = Stopwatch.StartNew();
            _isRemoved = true;
            await IpAsync([$"link del dev {bond.Name}", $"link set dev {Temporary} name {bond.Name}"]);
            await UntilAsync(async () => await FindAsync() is not null, "the service has heard of the new name");
            foreach (var member in bond.Members.Except(bond.Standbys).Where(member => member != bond.Active || bond.Standbys.Count == 0))
                await JoinAsync(bond.Name, member);
            if (spec.Up == true)
                await client.ChangeBondAsync(bond.Name, new ChangeBondRequest { Up = true }, CancellationToken.None);
            await IpAsync([.. bond.Restore(bond.Name)]);
            var hasCarrier = spec.Up == true && bond.Members.Count > 0 && await HasCarrierAsync();
            outage.Stop();
            if (bond.Standbys.Count > 0)
                await JoinAsync(bond.Name, bond.Active!);
            return hasCarrier ? outage.Elapsed : null;
        }
        catch (Exception e) when (e is TandemException or CommandException)
        {
            throw new CommandException(ExitCode.Refused, $"{e.Message}; {await GiveBackAsync()}");
        }
    }

    private Task JoinAsync(string name, string member)
    {
        var options = bond.Bond.Spec.Members!.First(other => other.Name == member).Options;
        var request = options is { Count: > 0 } ? new ChangeMemberRequest { Options = options } : null;
        return client.AddMemberAsync(name, member, request, CancellationToken.None);
    }

    private async Task<BondResource?> FindAsync()
    {
        try
        {
            return await client.GetBondAsync(bond.Name, CancellationToken.None);
        }
        catch (TandemException e) when (e.Kind == "no-bond")
        {
            return null;
        }
    }

    // A switch that does not answer by LACP is no failure of the takeover.
    private async Task<bool> HasCarrierAsync()
    {
        try
        {
            await UntilAsync(async () => await FindAsync() is { Carrier: true }, "");
            return true;
        }
        catch (CommandException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var watch = Stopwatch.StartNew(); !await holds(); await Task.Delay(BetweenLooks))
        {
            if (watch.Elapsed > Limit)
                throw new CommandException(ExitCode.Refused, $"not within {Limit.TotalSeconds} s: {what}");
        }
    }

    private async Task<string> GiveBackAsync()
    {
        var failures = new List<string>();
        foreach (var name in new[] { Temporary, bond.Name })
        {
            try
            {
                await client.DeleteBondAsync(name, CancellationToken.None);
            }
            catch (TandemException e) when (e.Kind == "no-bond")
            {
                // It was not made, or has the other name.
            }
            catch (TandemException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }
        try
        {
            await IpAsync(_isRemoved ? [.. bond.Remake()] : [.. _moved.SelectMany(bond.Enslave)]);
        }
        catch (CommandException e)
        {
            failures.Add(e.Message);
        }
        return failures.Count == 0
            ? $"{bond.Name} is the driver's again, as it was"
            : $"{bond.Name} is not as it was: {string.Join("; ", failures)}";
    }

    // Its errors are on standard error already.
    private async Task IpAsync(IReadOnlyList<string> lines)
    {
        string[] netns = context.Netns is { } name ? ["-n", name] : [];
        var errors = await SystemIp.ReadErrorsAsync(
            context,
            [.. netns, "-force", "-batch", "-"],
            string.Concat(lines.Select(line => $"{line}\n"))
        );
        context.ExitCode = ExitCode.Done;
        if (errors.Trim().Length > 0)
            throw new CommandException(
                ExitCode.Refused,
                $"ip: {string.Join(' ', errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))}"
            );
    }

    private Task SayAsync(string text) => context.Error.WriteLineAsync(text);
}

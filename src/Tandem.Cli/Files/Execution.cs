using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Config.Planning;

namespace Tandem.Cli.Files;

/// <summary>Carries out the steps of a plan by requests to the service; if one is refused, undoes those before it.</summary>
/// <param name="client">The client of the service.</param>
/// <param name="armed">What the service brings back without a confirmation; null if nothing.</param>
/// <param name="cancellation">Ends the execution between two steps.</param>
internal sealed class Execution(TandemClient client, RollbackResource? armed, CancellationToken cancellation)
{
    /// <summary>Carries out all steps, or as far as possible none.</summary>
    /// <exception cref="CommandException">A step was refused. The message says which, why, and what could not be undone.</exception>
    public async Task RunAsync(IReadOnlyList<Step> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            // Ctrl-C between two steps, not within one: the answer says whether the step was carried out.
            if (cancellation.IsCancellationRequested)
                throw await UndoAsync([.. steps.Take(i)], ExitCode.Refused, "interrupted");
            try
            {
                await PutAsync(steps[i].Bond, steps[i].Spec);
            }
            catch (TandemException e)
            {
                throw await UndoAsync([.. steps.Take(i)], ExitCode.Refused, $"{steps[i].Bond}: {e.Message}");
            }
        }
    }

    private Task PutAsync(string bond, BondSpec? spec) =>
        spec is null ? client.DeleteBondAsync(bond, CancellationToken.None) : client.PutBondAsync(bond, spec, CancellationToken.None);

    private async Task<CommandException> UndoAsync(IReadOnlyList<Step> done, int exitCode, string reason)
    {
        var failures = new List<string>();
        foreach (var step in done.Reverse())
        {
            try
            {
                await PutAsync(step.Bond, step.Before);
            }
            catch (TandemException e)
            {
                failures.Add($"{step.Bond}: {e.Message}");
            }
        }
        var outcome = failures switch
        {
            [] when done.Count == 0 => "nothing was changed",
            [] => "the changes before it were undone",
            _ => $"the changes before it could not all be undone, see \"tandem show\": {string.Join("; ", failures)}",
        };
        var waiting = armed is null ? "" : await DisarmAsync(isUndone: failures.Count == 0);
        return new CommandException(exitCode, $"{reason}; {outcome}{waiting}");
    }

    // With everything undone there is nothing to confirm. Otherwise the service tries it at the deadline.
    private async Task<string> DisarmAsync(bool isUndone)
    {
        try
        {
            if (isUndone)
                await client.ConfirmAsync(undone: true, CancellationToken.None);
            return isUndone ? "" : "; the service tries it when the time for the confirmation is over";
        }
        catch (TandemException e)
        {
            return $"; the service still waits for a confirmation: {e.Message}";
        }
    }
}

using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Config.Planning;

namespace Tandem.Cli.Files;

/// <summary>Carries out the steps of a plan by requests to the service, which brings the bonds back if one is refused, or if this process ends before the last.</summary>
/// <param name="client">The client of the service.</param>
/// <param name="turn">Its turn to apply files.</param>
/// <param name="cancellation">Ends the execution between two steps.</param>
internal sealed class Execution(TandemClient client, ApplyTurn turn, CancellationToken cancellation)
{
    /// <summary>Carries out all steps, or as far as possible none.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="rollback">What the service is asked to remember before the first one.</param>
    /// <returns>What waits for confirmation, if the request has a time for it.</returns>
    /// <exception cref="CommandException">A step was refused. The message says which, why, and what could not be brought back.</exception>
    public async Task<RollbackResource> RunAsync(IReadOnlyList<Step> steps, RollbackRequest rollback)
    {
        var armed = await client.ArmRollbackAsync(rollback, cancellation);
        for (var i = 0; i < steps.Count; i++)
        {
            // Ctrl-C between two steps, not within one: the answer says whether the step was carried out.
            if (cancellation.IsCancellationRequested)
                throw await RollBackAsync(isChanged: i > 0, "interrupted");
            try
            {
                await PutAsync(steps[i].Bond, steps[i].Spec);
            }
            catch (TandemException e)
            {
                throw await RollBackAsync(isChanged: i > 0, $"{steps[i].Bond}: {e.Message}");
            }
        }
        if (rollback.WithinSeconds is null)
            await client.ConfirmAsync(turn, CancellationToken.None);
        return armed;
    }

    private Task PutAsync(string bond, BondSpec? spec) =>
        spec is null ? client.DeleteBondAsync(bond, CancellationToken.None) : client.PutBondAsync(bond, spec, CancellationToken.None);

    private async Task<CommandException> RollBackAsync(bool isChanged, string reason)
    {
        string outcome;
        try
        {
            var failures = (await client.RollBackAsync(turn, CancellationToken.None)).Last?.NotRestored;
            outcome =
                failures is not null ? $"the changes before it could not all be undone, see \"tandem show\": {string.Join("; ", failures)}"
                : isChanged ? "the changes before it were undone"
                : "nothing was changed";
        }
        catch (TandemException e)
        {
            outcome = $"the service is to undo the changes before it, see \"tandem show\": {e.Message}";
        }
        return new CommandException(ExitCode.Refused, $"{reason}; {outcome}");
    }
}

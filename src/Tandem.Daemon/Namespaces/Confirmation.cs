using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Writer;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Namespaces;

/// <summary>Requests about changes that wait for confirmation. The housekeeping thread writes the file, so that the writer thread does not wait for the disk.</summary>
/// <param name="writer">Has the bonds.</param>
/// <param name="rollback">What waits.</param>
/// <param name="network">The interfaces.</param>
/// <param name="aside">Does work on the housekeeping thread.</param>
/// <param name="turns">The turn to apply files.</param>
internal sealed class Confirmation(WriterThread writer, Rollback rollback, INetwork network, Preparation aside, ApplyTurns turns)
{
    /// <summary>Has the changes that follow wait for confirmation; what is remembered is on the disk when this ends.</summary>
    public async Task<Answer<RollbackResource>> ArmAsync(RollbackRequest request)
    {
        if (request.WithinSeconds is null && !turns.IsTaken)
            return Refusals.Request(
                $"within_seconds: missing; accepted: {RollbackRequest.MinSeconds} to {RollbackRequest.MaxSeconds}, or none during a POST {Endpoints.Apply}"
            );
        var names = await writer.Ask(_ => rollback.Bonds);
        var devices = await aside.OnHousekeeping(() => names.Select(network.Capture).OfType<SavedMember>().ToList());
        var begun = await writer.Ask(now => rollback.Begin(now, request, devices));
        if (begun.Value is not { } state)
            return begun.Refusal!;
        var problem = await aside.OnHousekeeping(rollback.Write);
        return await writer.Ask(now => rollback.EndBeginning(now, state, problem));
    }

    /// <summary>Ends the wait: the bonds stay as they are. What was remembered is off the disk when this ends.</summary>
    public async Task<ErrorMessage?> ConfirmAsync()
    {
        var ended = await writer.Ask(rollback.End);
        if (ended.Value is not { } state)
            return ended.Refusal;
        return await aside.OnHousekeeping(rollback.Write) is { } problem
            ? await writer.Ask(now => rollback.Resume(now, state, problem))
            : null;
    }

    /// <summary>Brings the bonds back now.</summary>
    public async Task<Answer<RollbackResource>> RollBackAsync()
    {
        var waiting = await writer.Ask(_ => rollback.Waiting);
        if (waiting.Value is not { } bonds)
            return waiting.Refusal!;
        return await aside.CarryOutAsync(Preparation.Concerned(bonds), rollback.RollBackNow);
    }

    /// <summary>Gives the turn to others, after changes were rolled back that were to be completed in it.</summary>
    public async Task EndTurnAsync()
    {
        try
        {
            if (rollback.EndsWithTurn)
                await RollBackAsync();
        }
        finally
        {
            turns.Leave();
        }
    }
}

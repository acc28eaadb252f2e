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
        if (request.WithinSeconds is null && !IsPresent(request.Turn))
            return NoTurn;
        var names = await writer.Ask(_ => rollback.Bonds);
        var devices = await aside.OnHousekeeping(() => names.Select(network.Capture).OfType<SavedMember>().ToList());
        var begun = await writer.Ask(now => rollback.Begin(now, request, devices));
        if (begun.Value is not { } state)
            return begun.Refusal!;
        var problem = await aside.OnHousekeeping(rollback.Write);
        return await writer.Ask(now =>
            // Its holder may have left meanwhile.
            rollback.EndBeginning(now, state, problem, state.Turn is null || IsPresent(state.Turn) ? null : NoTurn)
        );
    }

    /// <summary>Ends the wait: the bonds stay as they are. What was remembered is off the disk when this ends.</summary>
    /// <param name="turn">The caller's turn, for changes that end with it; null if it has none.</param>
    public async Task<ErrorMessage?> ConfirmAsync(long? turn)
    {
        var ended = await writer.Ask(now => rollback.End(now, turn));
        if (ended.Value is not { } state)
            return ended.Refusal;
        return await aside.OnHousekeeping(rollback.Write) is { } problem
            ? await writer.Ask(now => rollback.Resume(now, state, problem))
            : null;
    }

    /// <summary>Brings the bonds back now.</summary>
    /// <param name="turn">The caller's turn, for changes that end with it; null if it has none.</param>
    public async Task<Answer<RollbackResource>> RollBackAsync(long? turn)
    {
        var waiting = await writer.Ask(_ => rollback.WaitingFor(turn));
        if (waiting.Value is not { } state)
            return waiting.Refusal!;
        return await aside.CarryOutAsync(Preparation.Concerned(state.Bonds), rollback.RollBackNow);
    }

    /// <summary>Gives the turn to others, after changes were rolled back that were to be completed in it.</summary>
    public async Task EndTurnAsync(long turn)
    {
        turns.End();
        try
        {
            if (await writer.Ask(_ => rollback.EndsWith(turn)))
                await RollBackAsync(turn);
        }
        finally
        {
            turns.Leave();
        }
    }

    private bool IsPresent(long? turn) => turn is { } number && number != 0 && number == turns.Current;

    private static ErrorMessage NoTurn =>
        Refusals.Request(
            $"within_seconds: missing; accepted: {RollbackRequest.MinSeconds} to {RollbackRequest.MaxSeconds}, or turn with the number that POST {Endpoints.Apply} has answered, while it lasts"
        );
}

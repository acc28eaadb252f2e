using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Namespaces;

/// <summary>Requests about changes that wait for confirmation. The housekeeping thread writes the file, so that the writer thread does not wait for the disk.</summary>
internal sealed class Confirmation(WriterThread writer, Rollback rollback, Preparation aside)
{
    /// <summary>Has the changes that follow wait for confirmation; what is remembered is on the disk when this ends.</summary>
    public async Task<Answer<RollbackResource>> ArmAsync(RollbackRequest request)
    {
        var begun = await writer.Ask(now => rollback.Begin(now, request));
        if (begun.Value is not { } state)
            return begun.Refusal!;
        var problem = await aside.OnHousekeeping(rollback.Write);
        return await writer.Ask(now => rollback.EndBeginning(now, state, problem));
    }

    /// <summary>Ends the wait; what was remembered is off the disk when this ends.</summary>
    /// <param name="outcome">Why: a constant of <see cref="RollbackOutcome"/>.</param>
    public async Task<ErrorMessage?> EndAsync(string outcome)
    {
        var ended = await writer.Ask(now => rollback.End(now, outcome));
        if (ended.Value is not { } state)
            return ended.Refusal;
        return await aside.OnHousekeeping(rollback.Write) is { } problem
            ? await writer.Ask(now => rollback.Resume(now, state, problem))
            : null;
    }
}

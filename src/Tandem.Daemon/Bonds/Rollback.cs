using System.Globalization;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Changes that wait for confirmation: the bonds as they were before are remembered, and brought back at the deadline. What is remembered outlives a killed
/// service. For the writer thread only, unless a member says otherwise.
/// </summary>
/// <param name="bonds">The bonds.</param>
/// <param name="restoration">Brings them back.</param>
/// <param name="store">Keeps what is remembered.</param>
/// <param name="bootTime">The time since the boot in ns: it goes on in a suspension, and is the same for the next service.</param>
/// <param name="utcOf">Converts monotonic ns to wall-clock time.</param>
/// <param name="log">Receives messages.</param>
internal sealed class Rollback(
    BondSet bonds,
    Restoration restoration,
    StateStore store,
    Func<long> bootTime,
    Func<long, DateTimeOffset> utcOf,
    ILogger log
)
{
    // The writer's clock stands still in a suspension, the deadline does not.
    private const long LookInterval = Clock.Second;

    private const long RetryInterval = 5 * Clock.Second;

    // For changes that end with a turn: longer than any takes, and as long as they may take with the next service.
    private const long TurnSeconds = 600;
    private const long TurnGrace = 10 * Clock.Second;

    private const string TimeFormat = "u";

    private const string Unconfirmed = "its changes were not confirmed in time";
    private const string Incomplete = "the changes were not completed";

    private volatile RollbackState? _waiting;
    private volatile RollbackOutcome? _last;
    private IReadOnlyList<string> _refused = [];

    /// <summary>Prepares for members of bonds to join them, then runs the rollback on the writer thread, with monotonic ns.</summary>
    public Action<IReadOnlyList<RememberedBond>, Action<long>> Prepare { get; set; } = static (_, _) => { };

    /// <summary>The names of the bonds that would be remembered now.</summary>
    public IReadOnlyList<string> Bonds => [.. bonds.All.Select(bond => bond.Name)];

    /// <summary>Whether changes wait for confirmation. Thread-safe.</summary>
    public bool IsWaiting => _waiting is not null;

    /// <summary>When to call <see cref="Advance"/> next, in monotonic ns.</summary>
    public long NextLook { get; private set; } = Clock.Never;

    /// <summary>Takes over what an earlier service was to bring back. If its deadline has passed, it is brought back at once.</summary>
    public void TakeOver(long now)
    {
        if (store.ReadRolledBack() is { } done)
        {
            _last = OutcomeOf(done);
            _refused = done.Removed;
        }
        if (store.ReadRollback() is not { } state)
            return;
        // Whoever makes changes in a turn lost its connection with the service before, and may complete them.
        if (state.Turn is not null)
            state = state with { Deadline = Math.Min(state.Deadline, bootTime() + TurnGrace) };
        _waiting = state;
        var until = UntilOf(now, state);
        Log.RollbackTakenOver(log, until);
        Look(now, state);
        // Before bonds are made of files.
        if (bootTime() >= state.Deadline)
            RollBack(now, OutcomeOf(state));
    }

    /// <summary>
    /// Remembers all bonds as they are now. After <see cref="Write"/>, <see cref="EndBeginning"/> makes them wait: they are brought back at the end of the
    /// time, unless <see cref="End"/> comes before.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="request">The request.</param>
    /// <param name="devices">The bonds' devices with their IP addresses and routes.</param>
    public Answer<RollbackState> Begin(long now, RollbackRequest request, IReadOnlyList<SavedMember> devices)
    {
        if (Refusal(now) is { } unconfirmed)
            return unconfirmed;
        if (request.WithinSeconds is < RollbackRequest.MinSeconds or > RollbackRequest.MaxSeconds)
            return Refusals.Request(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"within_seconds {request.WithinSeconds}: not a number in the range; accepted: {RollbackRequest.MinSeconds} to {RollbackRequest.MaxSeconds}"
                )
            );
        var named = request.Bonds ?? [];
        foreach (var name in named)
        {
            if (InterfaceName.Problem(name ?? "") is { } wrong)
                return Refusals.Request($"bonds: \"{name}\": {wrong}");
        }
        var state = new RollbackState
        {
            Boot = store.Here.Boot,
            Namespace = store.Here.Namespace,
            Deadline = bootTime() + (request.WithinSeconds ?? TurnSeconds) * Clock.Second,
            Turn = request.WithinSeconds is null ? request.Turn : null,
            Bonds =
            [
                .. bonds.All.Select(bond =>
                    Remember(
                        bond,
                        bond.Device.Netnsid is null ? devices.FirstOrDefault(device => device.Ifindex == bond.Device.Ifindex) : null
                    )
                ),
            ],
            Absent = [.. named.Where(name => bonds.Find(name) is null).Distinct(StringComparer.Ordinal)],
            Up = restoration.FreeAndUp(),
        };
        store.SaveRollback(state);
        return state;
    }

    /// <summary>Writes what is remembered, and blocks meanwhile. Returns the problem, or null. For a thread other than the writer.</summary>
    public string? Write() => store.WriteRollback();

    /// <summary>Has changes wait for confirmation.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="state">What was remembered before them.</param>
    /// <param name="problem">Why it could not be written; null if it was.</param>
    /// <param name="ended">Why there is nothing to wait for any more; null if there is.</param>
    public Answer<RollbackResource> EndBeginning(long now, RollbackState state, string? problem, ErrorMessage? ended)
    {
        if (Refusal(now) is { } unconfirmed)
        {
            // Two began at once.
            store.SaveRollback(_waiting);
            return unconfirmed;
        }
        if (ended is not null)
        {
            store.SaveRollback(null);
            return ended;
        }
        if (problem is not null)
        {
            store.SaveRollback(null);
            return new ErrorMessage(
                ErrorKinds.NameOf(OptionErrorKind.Unavailable),
                $"what would be rolled back cannot be stored: {problem}; nothing was changed"
            );
        }
        Forget();
        _waiting = state;
        Look(now, state);
        var until = UntilOf(now, state);
        if (state.Turn is null)
            Log.RollbackArmed(log, until, state.Bonds.Count);
        return Describe(now);
    }

    /// <summary>Ends the wait: the bonds stay as they are. The file is removed by <see cref="Write"/>; if that fails, <see cref="Resume"/> goes on.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="turn">The caller's turn, for changes that end with it; null if it has none.</param>
    /// <returns>What waited.</returns>
    public Answer<RollbackState> End(long now, long? turn)
    {
        var waiting = WaitingFor(turn);
        if (waiting.Value is not { } state)
            return waiting.Refusal!;
        (_waiting, NextLook) = (null, Clock.Never);
        store.SaveRollback(null);
        if (state.Turn is not null)
            return state;
        _last = new RollbackOutcome(utcOf(now), RollbackOutcome.Confirmed);
        Log.RollbackConfirmed(log);
        return state;
    }

    /// <summary>Goes on with a wait whose file cannot be removed: the next service would find it, and roll back.</summary>
    public ErrorMessage Resume(long now, RollbackState state, string problem)
    {
        (_waiting, _last) = (state, null);
        store.SaveRollback(state);
        Look(now, state);
        return new ErrorMessage(
            ErrorKinds.NameOf(OptionErrorKind.Unavailable),
            $"what would be rolled back cannot be removed from the disk, so the changes still wait for confirmation: {problem}"
        );
    }

    /// <summary>Brings the bonds back if the deadline has passed.</summary>
    public void Advance(long now)
    {
        if (_waiting is not { } state)
            return;
        Look(now, state);
        if (bootTime() < state.Deadline)
            return;
        // If that fails, it is tried again.
        NextLook = now + RetryInterval;
        Prepare(state.Bonds, later => RollBack(later, OutcomeOf(state)));
    }

    /// <summary>The remembered bonds, if this caller may confirm their changes; a refusal if no changes wait, or if they belong to another caller's turn.</summary>
    public Answer<RollbackState> WaitingFor(long? turn) =>
        _waiting is not { } state ? NothingWaits()
        : state.Turn is { } holder && holder != turn ? OfAnotherTurn
        : state;

    /// <summary>Whether changes wait that are to be complete before this turn ends.</summary>
    public bool EndsWith(long turn) => _waiting?.Turn == turn;

    /// <summary>Brings the bonds back now. If nothing waits any more, nothing happens.</summary>
    public RollbackResource RollBackNow(long now)
    {
        RollBack(now, RollbackOutcome.Undone);
        return Describe(now);
    }

    private static string OutcomeOf(RollbackState state) => state.Turn is null ? RollbackOutcome.RolledBack : RollbackOutcome.Undone;

    private void RollBack(long now, string outcome)
    {
        if (_waiting is not { } state)
            return;
        var time = utcOf(now);
        Log.RollingBack(log, outcome == RollbackOutcome.Undone ? "completed" : "confirmed in time", state.Bonds.Count, state.Absent.Count);
        var failures = restoration.Restore(now, state, outcome == RollbackOutcome.Undone ? Incomplete : Unconfirmed);
        foreach (var failure in failures)
            Log.NotRolledBack(log, failure);
        (_waiting, NextLook) = (null, Clock.Never);
        _last = new RollbackOutcome(time, outcome, failures.Count > 0 ? failures : null);
        // In this order: killed between the two, the next service rolls back again, which changes nothing.
        if (outcome == RollbackOutcome.RolledBack)
            Refuse(state, time, failures);
        store.SaveRollback(null);
        if (outcome == RollbackOutcome.RolledBack)
            Log.RolledBack(log, failures.Count);
        else
            Log.ChangesUndone(log, failures.Count);
    }

    // What nobody confirmed is not made again of the files that still name it.
    private void Refuse(RollbackState state, DateTimeOffset time, IReadOnlyList<string> failures)
    {
        _refused = state.Absent;
        store.SaveRolledBack(
            new RolledBackState
            {
                Boot = state.Boot,
                Namespace = state.Namespace,
                Time = time,
                Removed = state.Absent,
                NotRestored = failures,
            }
        );
    }

    /// <summary>Forgets what waits and what was, with the files, when their network namespace has ended.</summary>
    public void Drop()
    {
        (_waiting, NextLook) = (null, Clock.Never);
        store.SaveRollback(null);
        Forget();
    }

    /// <summary>The refusal of other changes while some wait for confirmation; null if none do. Thread-safe.</summary>
    public ErrorMessage? Refusal(long now) =>
        _waiting is { Turn: not null } ? OfAnotherTurn
        : Describe(now) is { Until: { } until, LeftSeconds: { } left }
            ? new ErrorMessage(
                ErrorKinds.Unconfirmed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"earlier changes wait for confirmation until {Format(until)} ({left} s left): confirm them with \"tandem confirm\", or wait until they are rolled back"
                )
            )
        : null;

    /// <summary>Why a file must not make a bond: its configuration was rolled back. Null if it may.</summary>
    public string? RefusalOfFile(string bond) =>
        _last is { Outcome: RollbackOutcome.RolledBack } last && _refused.Contains(bond)
            ? $"it was not confirmed, and rolled back at {Format(last.Time)}; \"tandem apply\" makes it, \"tandem save\" writes the bonds that run"
            : null;

    /// <summary>What waits, and what became of the changes before. Thread-safe.</summary>
    public RollbackResource Describe(long now) =>
        _waiting is { } state
            ? new RollbackResource
            {
                Until = state.Turn is not null ? null : UntilOf(now, state),
                LeftSeconds = state.Turn is not null ? null : (int)Math.Max(0, (LeftOf(state) + Clock.Second - 1) / Clock.Second),
                Restores = [.. state.Bonds.Select(bond => bond.Name)],
                Removes = state.Absent,
                Last = _last,
            }
            : new RollbackResource { Last = _last };

    private static ErrorMessage OfAnotherTurn { get; } =
        new(
            ErrorKinds.Applying,
            "another \"tandem apply\" runs, or is rolled back because it did not complete; try again when that has ended"
        );

    private ErrorMessage NothingWaits() => new(ErrorKinds.NoRollback, $"nothing waits for confirmation{Told(_last)}");

    private static RememberedBond Remember(RunningBond bond, SavedMember? device) =>
        RememberedBond.Of(bond.Name, bond.Spec, bond.Brain.Address, bond.Brain.UserAddress, device);

    private void Forget()
    {
        (_last, _refused) = (null, []);
        store.SaveRolledBack(null);
    }

    private void Look(long now, RollbackState state) => NextLook = now + Math.Min(LookInterval, Math.Max(0, LeftOf(state)));

    private long LeftOf(RollbackState state) => state.Deadline - bootTime();

    private DateTimeOffset UntilOf(long now, RollbackState state) => utcOf(now + LeftOf(state));

    private static RollbackOutcome OutcomeOf(RolledBackState done) =>
        new(done.Time, RollbackOutcome.RolledBack, done.NotRestored.Count > 0 ? done.NotRestored : null);

    private static string Told(RollbackOutcome? last) =>
        last switch
        {
            null => "",
            { Outcome: RollbackOutcome.Confirmed } => $"; the last changes were confirmed at {Format(last.Time)}",
            { NotRestored: { } failures } =>
                $"; the last changes were rolled back at {Format(last.Time)}, except for: {string.Join("; ", failures)}",
            { Outcome: RollbackOutcome.Undone } => $"; the last changes were not completed at {Format(last.Time)}, and rolled back",
            _ => $"; the last changes were rolled back at {Format(last.Time)}, since nobody confirmed them",
        };

    private static string Format(DateTimeOffset time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);
}

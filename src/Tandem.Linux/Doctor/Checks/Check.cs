namespace Tandem.Linux.Doctor.Checks;

/// <summary>How a check ended.</summary>
public enum CheckStatus
{
    /// <summary>It is there.</summary>
    Ok,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>It is there, and not all of it, or with something to mind.</summary>
    Limited,

    /// <summary>It could not be found out.</summary>
    Unknown,
}

/// <summary>What cannot be without that which a check looks at.</summary>
[Flags]
internal enum Need
{
    None = 0,
    Bond = 1,
    FastPath = 2,

    /// <summary>A bond whose frames the service carries, or that has no pair.</summary>
    Tap = 4,

    /// <summary>A bond whose device nobody has to hold.</summary>
    Pair = 8,
}

/// <summary>What a check makes of what was found.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What was found.</param>
/// <param name="Cost">What that costs; null if nothing.</param>
/// <param name="Remedy">What to do about it; null if nothing.</param>
internal sealed record Verdict(CheckStatus Status, string Found, string? Cost = null, string? Remedy = null)
{
    public static Verdict Ok(string found) => new(CheckStatus.Ok, found);

    public static Verdict Missing(string found, string cost, string remedy) => new(CheckStatus.Missing, found, cost, remedy);

    public static Verdict Limited(string found, string cost, string remedy) => new(CheckStatus.Limited, found, cost, remedy);

    public static Verdict Unknown(string found, string? cost = null, string? remedy = null) =>
        new(CheckStatus.Unknown, found, cost, remedy);
}

/// <summary>An entry of the <see cref="CheckTable"/>: looks at findings and judges them; touches nothing.</summary>
/// <param name="Id">What it is called, for ever.</param>
/// <param name="UsedFor">What that which it looks at is used for.</param>
/// <param name="NeededFor">What cannot be without.</param>
/// <param name="Judge">Judges what was found.</param>
internal sealed record Check(string Id, string UsedFor, Need NeededFor, Func<Machine, Verdict> Judge)
{
    /// <summary>A check of one part of the findings; unknown where that part could not be looked at.</summary>
    public static Check Of<T>(
        string id,
        string usedFor,
        Need neededFor,
        Func<Machine, Observation<T>> part,
        Func<T, Machine, Verdict> judge
    )
        where T : class =>
        new(
            id,
            usedFor,
            neededFor,
            machine => part(machine) is { Value: { } found } ? judge(found, machine) : Blind(part(machine).Problem)
        );

    /// <summary>Judges, with all that there is to say about it.</summary>
    public CheckResult Run(Machine machine)
    {
        var verdict = Judge(machine);
        return new CheckResult(Id, verdict.Status, verdict.Found, UsedFor, verdict.Cost, verdict.Remedy);
    }

    private static Verdict Blind(string? problem) => Verdict.Unknown($"could not be looked at: {problem ?? "no reason is known"}");
}

/// <summary>A check and how it ended.</summary>
/// <param name="Id">What it is called, for ever.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Found">What was found.</param>
/// <param name="UsedFor">What that which it looks at is used for.</param>
/// <param name="Cost">What its absence costs; null if nothing.</param>
/// <param name="Remedy">What to do about it; null if nothing.</param>
public sealed record CheckResult(string Id, CheckStatus Status, string Found, string UsedFor, string? Cost, string? Remedy)
{
    /// <summary>True if it can be used.</summary>
    internal bool IsUsable => Status is CheckStatus.Ok or CheckStatus.Limited;
}

/// <summary>Something that will be used.</summary>
/// <param name="Subject">For what: <c>data-path</c>.</param>
/// <param name="Choice">What: <c>ebpf</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record Conclusion(string Subject, string Choice, string Reason);

/// <summary>All that was found out about this machine.</summary>
/// <param name="CanBond">True if a bond can be made at all.</param>
/// <param name="Checks">The checks, in the order of the table.</param>
/// <param name="Conclusions">What will be used.</param>
public sealed record Diagnosis(bool CanBond, IReadOnlyList<CheckResult> Checks, IReadOnlyList<Conclusion> Conclusions);

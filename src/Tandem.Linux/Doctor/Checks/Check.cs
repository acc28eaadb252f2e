namespace Tandem.Linux.Doctor.Checks;

/// <summary>Result of a check.</summary>
public enum CheckStatus
{
    /// <summary>Present.</summary>
    Ok,

    /// <summary>Not present.</summary>
    Missing,

    /// <summary>Present, but incomplete or with a caveat.</summary>
    Limited,

    /// <summary>Cannot be determined.</summary>
    Unknown,
}

/// <summary>What requires the checked facility.</summary>
[Flags]
internal enum Need
{
    None = 0,
    Bond = 1,
    KernelPath = 2,

    /// <summary>A bond with the socket data path, or without a pair.</summary>
    Tap = 4,

    /// <summary>A bond whose device is one end of a pair.</summary>
    Pair = 8,
}

/// <summary>Judgement of a check.</summary>
/// <param name="Status">The result.</param>
/// <param name="Found">What was found.</param>
/// <param name="Cost">What the result costs; null if nothing.</param>
/// <param name="Remedy">How to improve it; null if there is nothing to do.</param>
internal sealed record Verdict(CheckStatus Status, string Found, string? Cost = null, string? Remedy = null)
{
    public static Verdict Ok(string found) => new(CheckStatus.Ok, found);

    public static Verdict Missing(string found, string cost, string remedy) => new(CheckStatus.Missing, found, cost, remedy);

    public static Verdict Limited(string found, string cost, string remedy) => new(CheckStatus.Limited, found, cost, remedy);

    public static Verdict Unknown(string found, string? cost = null, string? remedy = null) =>
        new(CheckStatus.Unknown, found, cost, remedy);
}

/// <summary>An entry of the <see cref="CheckTable"/>: judges findings, without any access to the machine.</summary>
/// <param name="Id">Its stable identifier.</param>
/// <param name="UsedFor">What the checked facility is used for.</param>
/// <param name="NeededFor">What requires the facility.</param>
/// <param name="Judge">Judges the findings.</param>
internal sealed record Check(string Id, string UsedFor, Need NeededFor, Func<Machine, Verdict> Judge)
{
    /// <summary>A check of one part of the findings; unknown if that part could not be examined.</summary>
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

    /// <summary>Judges the findings.</summary>
    public CheckResult Run(Machine machine)
    {
        var verdict = Judge(machine);
        return new CheckResult(Id, verdict.Status, verdict.Found, UsedFor, verdict.Cost, verdict.Remedy);
    }

    private static Verdict Blind(string? problem) => Verdict.Unknown($"could not be looked at: {problem ?? "no reason is known"}");
}

/// <summary>A check and its result.</summary>
/// <param name="Id">Its stable identifier.</param>
/// <param name="Status">The result.</param>
/// <param name="Found">What was found.</param>
/// <param name="UsedFor">What the checked facility is used for.</param>
/// <param name="Cost">What its absence costs; null if nothing.</param>
/// <param name="Remedy">How to provide it; null if there is nothing to do.</param>
public sealed record CheckResult(string Id, CheckStatus Status, string Found, string UsedFor, string? Cost, string? Remedy)
{
    /// <summary>Whether the facility can be used.</summary>
    internal bool IsUsable => Status is CheckStatus.Ok or CheckStatus.Limited;
}

/// <summary>A facility that will be used.</summary>
/// <param name="Subject">Its purpose: <c>data-path</c>.</param>
/// <param name="Choice">The facility: <c>ebpf</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record Conclusion(string Subject, string Choice, string Reason);

/// <summary>Result of the examination of this machine.</summary>
/// <param name="CanBond">Whether a bond can be created.</param>
/// <param name="Checks">The checks, in the order of the table.</param>
/// <param name="Conclusions">What will be used.</param>
public sealed record Diagnosis(bool CanBond, IReadOnlyList<CheckResult> Checks, IReadOnlyList<Conclusion> Conclusions);

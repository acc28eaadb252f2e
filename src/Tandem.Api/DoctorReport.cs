namespace Tandem.Api;

/// <summary>What a machine offers, and what will be used of it.</summary>
/// <param name="Version">The version of <c>tandemd</c>, which looked.</param>
/// <param name="IsRunning">True if the running service looked, with its own rights; false for <c>tandemd --doctor</c>.</param>
/// <param name="CanBond">True if a bond can be made at all.</param>
/// <param name="Checks">What was looked at.</param>
/// <param name="WillBeUsed">What will be used.</param>
public sealed record DoctorReport(
    string Version,
    bool IsRunning,
    bool CanBond,
    IReadOnlyList<DoctorCheck> Checks,
    IReadOnlyList<DoctorChoice> WillBeUsed
);

/// <summary>Something that was looked at.</summary>
/// <param name="Id">What the check is called, in kebab-case; it keeps its meaning.</param>
/// <param name="Status"><c>ok</c>, <c>missing</c>, <c>limited</c> or <c>unknown</c>.</param>
/// <param name="Found">What was found.</param>
/// <param name="UsedFor">What it is used for.</param>
/// <param name="Cost">What its absence costs; null if nothing.</param>
/// <param name="Remedy">What to do about it; null if nothing.</param>
public sealed record DoctorCheck(string Id, string Status, string Found, string UsedFor, string? Cost, string? Remedy);

/// <summary>Something that will be used.</summary>
/// <param name="Subject">For what: <c>data-path</c>, <c>hook</c>, <c>ingress-guard</c>, <c>upgrade</c> or <c>after-kill</c>.</param>
/// <param name="Choice">What: <c>ebpf</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record DoctorChoice(string Subject, string Choice, string Reason);

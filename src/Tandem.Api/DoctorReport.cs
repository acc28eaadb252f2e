namespace Tandem.Api;

/// <summary>What a machine supports, and what will be used.</summary>
/// <param name="Version">Version of the <c>tandemd</c> that made the report.</param>
/// <param name="IsRunning">True if the running service made the report, with its own rights; false for <c>tandemd --doctor</c>.</param>
/// <param name="CanBond">Whether a bond can be created.</param>
/// <param name="Checks">The facilities that were checked.</param>
/// <param name="WillBeUsed">What will be used.</param>
public sealed record DoctorReport(
    string Version,
    bool IsRunning,
    bool CanBond,
    IReadOnlyList<DoctorCheck> Checks,
    IReadOnlyList<DoctorChoice> WillBeUsed
);

/// <summary>The check of one facility.</summary>
/// <param name="Id">Identifier of the check in kebab-case; its meaning is stable.</param>
/// <param name="Status"><c>ok</c>, <c>missing</c>, <c>limited</c> or <c>unknown</c>.</param>
/// <param name="Found">What was found.</param>
/// <param name="UsedFor">What the checked facility is used for.</param>
/// <param name="Cost">What its absence costs; null if nothing.</param>
/// <param name="Remedy">How to provide it; null if there is nothing to do.</param>
public sealed record DoctorCheck(string Id, string Status, string Found, string UsedFor, string? Cost, string? Remedy);

/// <summary>A facility that will be used.</summary>
/// <param name="Subject">Its purpose: <c>data-path</c>, <c>hook</c>, <c>ingress-guard</c>, <c>upgrade</c> or <c>after-kill</c>.</param>
/// <param name="Choice">The facility: <c>ebpf</c>.</param>
/// <param name="Reason">Why it will be used.</param>
public sealed record DoctorChoice(string Subject, string Choice, string Reason);

namespace Tandem.Core.Options;

/// <summary>Why a change was refused.</summary>
public enum OptionErrorKind
{
    /// <summary>The value cannot be read as one of this option; the command line itself refuses it.</summary>
    Syntax,

    /// <summary>The value is outside what is accepted.</summary>
    Range,

    /// <summary>The bond's mode does not have the option.</summary>
    Mode,

    /// <summary>The bond must have no members.</summary>
    HasMembers,

    /// <summary>The bond must be administratively down.</summary>
    BondUp,

    /// <summary>Another option must be set first.</summary>
    Dependency,

    /// <summary>Two options of one command exclude each other.</summary>
    Conflict,

    /// <summary>Tandem does not have this yet.</summary>
    Unavailable,

    /// <summary>There is no such interface.</summary>
    NoDevice,

    /// <summary>The interface cannot be used so.</summary>
    Device,
}

/// <summary>A refusal: what was asked, why it cannot be, what would be accepted. The same text in command line, API and log.</summary>
/// <param name="Kind">The class of reason.</param>
/// <param name="Subject">The option or interface, with the value where there is one: <c>miimon 99999999999</c>.</param>
/// <param name="Reason">Why it cannot be.</param>
/// <param name="Accepted">What would be accepted, or what to do; null if nothing would.</param>
public sealed record OptionError(OptionErrorKind Kind, string Subject, string Reason, string? Accepted = null)
{
    /// <summary>A refusal of a value of an option.</summary>
    public static OptionError Of(OptionErrorKind kind, BondOption option, string value, string reason, string? accepted = null) =>
        new(kind, value.Length == 0 ? option.Keyword : $"{option.Keyword} {value}", reason, accepted);

    /// <summary>The whole sentence.</summary>
    public string Message => Accepted is null ? $"{Subject}: {Reason}" : $"{Subject}: {Reason}; {Accepted}";

    /// <inheritdoc/>
    public override string ToString() => Message;
}

namespace Tandem.Core.Options;

/// <summary>Why a change was refused.</summary>
public enum OptionErrorKind
{
    /// <summary>The value has the wrong syntax; the command line itself refuses it.</summary>
    Syntax,

    /// <summary>The value is out of range.</summary>
    Range,

    /// <summary>The bond's mode does not have the option.</summary>
    Mode,

    /// <summary>The option cannot change while the bond has members.</summary>
    HasMembers,

    /// <summary>The option cannot change while the bond is administratively up.</summary>
    BondUp,

    /// <summary>Another option must be set first.</summary>
    Dependency,

    /// <summary>Two options of one command exclude each other.</summary>
    Conflict,

    /// <summary>Tandem or this kernel does not support it.</summary>
    Unavailable,

    /// <summary>The interface does not exist.</summary>
    NoDevice,

    /// <summary>The interface cannot be used this way.</summary>
    Device,
}

/// <summary>A refusal: what was requested, why it is refused, what would be accepted. Command line, API and log use the same
/// text.</summary>
/// <param name="Kind">The kind of refusal.</param>
/// <param name="Subject">The option or interface, with the requested value if there is one: <c>miimon 99999999999</c>.</param>
/// <param name="Reason">Why it is refused.</param>
/// <param name="Accepted">What would be accepted, or what to do; null if nothing helps.</param>
public sealed record OptionError(OptionErrorKind Kind, string Subject, string Reason, string? Accepted = null)
{
    /// <summary>Creates a refusal of an option's value.</summary>
    public static OptionError Of(OptionErrorKind kind, BondOption option, string value, string reason, string? accepted = null) =>
        new(kind, value.Length == 0 ? option.Keyword : $"{option.Keyword} {value}", reason, accepted);

    /// <summary>The refusal with the option under the name by which the user gave it.</summary>
    public OptionError Named(BondOption option, string name) =>
        Subject == option.Keyword || Subject.StartsWith(option.Keyword + ' ', StringComparison.Ordinal)
            ? this with
            {
                Subject = name + Subject[option.Keyword.Length..],
            }
            : this;

    /// <summary>The whole message.</summary>
    public string Message => Accepted is null ? $"{Subject}: {Reason}" : $"{Subject}: {Reason}; {Accepted}";

    /// <inheritdoc/>
    public override string ToString() => Message;
}

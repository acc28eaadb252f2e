namespace Tandem.Core.Lacp;

/// <summary>Why an LACPDU was not taken in.</summary>
internal enum LacpRefusal : byte
{
    /// <summary>None was refused.</summary>
    None,

    /// <summary>It is damaged, or its system has no address of a station.</summary>
    Unreadable,

    /// <summary>It is of our own system.</summary>
    OwnSystem,

    /// <summary>It is of a system that is not wanted.</summary>
    Foreign,
}

namespace Tandem.Core.Lacp;

/// <summary>Why an LACPDU was refused.</summary>
internal enum LacpRefusal : byte
{
    /// <summary>No LACPDU was refused.</summary>
    None,

    /// <summary>It is malformed, or its actor system is zero or a group address.</summary>
    Unreadable,

    /// <summary>It carries our own system identifier.</summary>
    OwnSystem,

    /// <summary>Its system is not allowed by lacp_partner or lacp_hold_partner.</summary>
    Foreign,
}

using Tandem.Core.Bonds;

namespace Tandem.Core.Lacp;

/// <summary>
/// State of a port that a process hands to the next one, which goes on with the same partner: the link never leaves its group.
/// </summary>
/// <param name="Number">The port's number.</param>
/// <param name="Partner">The partner's last description of itself.</param>
public sealed record LacpMemory(ushort Number, PortInfo Partner) : MemberMemory
{
    /// <summary>The port's key, which cannot be computed while the link is down; 0 if unknown.</summary>
    public ushort Key { get; init; }

    /// <summary>Whether the receive machine was in CURRENT; else the partner is only remembered.</summary>
    public bool IsHeard { get; init; } = true;

    /// <summary>The port's selection.</summary>
    public Selection Selected { get; init; } = Selection.Selected;

    /// <summary>State of the mux machine.</summary>
    public MuxState Mux { get; init; } = MuxState.Attached;

    /// <summary>LACPDUs that may be missed in a row, as the partner asked.</summary>
    public byte RetryCount { get; init; } = Lacpdu.DefaultRetryCount;
}

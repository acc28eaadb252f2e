using Tandem.Core.Modes;

namespace Tandem.Core.Lacp;

/// <summary>
/// What is kept of a port over the end of a process, so that the next one goes on with the same partner and the link never leaves its group.
/// </summary>
/// <param name="Number">The port's number.</param>
/// <param name="Partner">What the partner last said of itself.</param>
public sealed record LacpMemory(ushort Number, PortInfo Partner) : MemberMemory
{
    /// <summary>The port's key, which a link that is down does not tell; 0 if it is not known.</summary>
    public ushort Key { get; init; }

    /// <summary>The partner was heard in time; else it is only remembered.</summary>
    public bool IsHeard { get; init; } = true;

    /// <summary>Whether the port belonged to the group in use.</summary>
    public Selection Selected { get; init; } = Selection.Selected;

    /// <summary>The mux machine.</summary>
    public MuxState Mux { get; init; } = MuxState.Attached;

    /// <summary>LACPDUs that may be missed, as the partner asked.</summary>
    public byte RetryCount { get; init; } = Lacpdu.DefaultRetryCount;
}

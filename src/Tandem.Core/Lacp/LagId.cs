using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>
/// What decides whether links belong together (802.1AX, 6.3.6.1): the partner's system and both keys; for a link that may not be aggregated
/// also the port, which makes it a group of its own. Our own system is the same for all ports of a bond and need not be part of it.
/// </summary>
/// <param name="Partner">The partner's system.</param>
/// <param name="PartnerKey">The partner's key.</param>
/// <param name="Key">Our key.</param>
/// <param name="IndividualPort">Our port's number if the link is individual, else 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LagId(SystemId Partner, ushort PartnerKey, ushort Key, ushort IndividualPort)
{
    /// <summary>True if the group is one link that may not be aggregated.</summary>
    public bool IsIndividual => IndividualPort != 0;
}

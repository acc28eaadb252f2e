using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>
/// Identifies a link aggregation group (802.1AX-2020, 6.3.6.1): the partner's system and both keys. A link that may not be aggregated
/// adds its port number, which makes it a group of its own. Our system is the same for all ports of a bond and is left out.
/// </summary>
/// <param name="Partner">The partner's system identifier.</param>
/// <param name="PartnerKey">The partner's key.</param>
/// <param name="Key">Our key.</param>
/// <param name="IndividualPort">Our port's number if the link may not be aggregated, else 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LagId(SystemId Partner, ushort PartnerKey, ushort Key, ushort IndividualPort)
{
    /// <summary>Whether the group is a single link that may not be aggregated.</summary>
    public bool IsIndividual => IndividualPort != 0;
}

using Tandem.Core.Bonds;

namespace Tandem.Core.Lacp;

/// <summary>LACP of a member, in mode 802.3ad.</summary>
public static class LacpOfMember
{
    extension(Member member)
    {
        /// <summary>The member's aggregation port; null in other modes.</summary>
        public LacpPort? Lacp => member.ModeState as LacpPort;
    }
}

namespace Tandem.Core.Lacp;

/// <summary>LACP of a bond's member, where the bond's mode is 802.3ad.</summary>
public static class LacpOfMember
{
    extension(Member member)
    {
        /// <summary>The member's port; null in other modes.</summary>
        public LacpPort? Lacp => member.ModeState as LacpPort;
    }
}

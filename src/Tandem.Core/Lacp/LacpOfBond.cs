namespace Tandem.Core.Lacp;

/// <summary>LACP of a bond, where the bond's mode is 802.3ad.</summary>
public static class LacpOfBond
{
    extension(Bond bond)
    {
        /// <summary>LACP of the bond; null in other modes.</summary>
        public LacpSystem? Lacp => (bond.Mode as LacpMode)?.System;

        /// <summary>
        /// Takes in the address of the LACP system, by which partners know the bond. Called between <see cref="Bond.Restore"/> and the
        /// first member; in other modes nothing happens.
        /// </summary>
        public void RestoreSystem(MacAddress address)
        {
            if (bond.Mode is LacpMode lacp)
                lacp.RestoredSystem = address;
        }
    }
}

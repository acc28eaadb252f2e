using Tandem.Core.Bonds;

namespace Tandem.Core.Lacp;

/// <summary>LACP of a bond in mode 802.3ad.</summary>
public static class LacpOfBond
{
    extension(Bond bond)
    {
        /// <summary>The bond's LACP system; null in other modes.</summary>
        public LacpSystem? Lacp => (bond.Mode as LacpMode)?.System;

        /// <summary>
        /// Restores the address of the LACP system, by which partners know the bond. Call it between <see cref="Bond.Restore"/> and the
        /// first member. No effect in other modes.
        /// </summary>
        public void RestoreSystem(MacAddress address)
        {
            if (bond.Mode is LacpMode lacp)
                lacp.RestoredSystem = address;
        }
    }
}

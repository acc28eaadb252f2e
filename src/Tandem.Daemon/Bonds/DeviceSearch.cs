using Tandem.Daemon.State;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>Finds what is left of a bond's device.</summary>
internal static class DeviceSearch
{
    /// <summary>
    /// The interface in this network namespace with which the device goes: the other end of a pair, or the TAP device; by its number, since
    /// it may have been renamed. Null if it is gone.
    /// </summary>
    public static LinkInfo? Find(INetwork network, BondState state)
    {
        if (state.OtherEnd is { } end)
            return network.Find(end) is { } other && network.IsOtherEnd(other, state.Device) ? other : null;
        return state.Device is { } device && network.Find(device) is { Kind: "tun" } tap ? tap : null;
    }
}

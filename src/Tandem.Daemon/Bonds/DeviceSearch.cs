using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
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
            return network.Find(end) is { } other && BondHost.IsOtherEnd(other, state.Device) ? other : null;
        // Form 1 knew the device by its name alone.
        var device =
            state.Device is { } number ? network.Find(number)
            : state.Format == 1 ? network.Find(state.Name)
            : null;
        return device is { Kind: "tun" } ? device : null;
    }

    /// <summary>
    /// What else may be left of a bond's device where that cannot be found: the bond's own end of a pair whose other end is elsewhere, or a pair
    /// that was made just before a kill, of which the file tells the bond's name alone.
    /// </summary>
    public static IReadOnlyList<LinkInfo> FindRest(INetwork network, BondState state)
    {
        if (state.Device is { } device)
            return network.Find(device) is { Kind: "veth" or "netkit" } own && own.Name == state.Name ? [own] : [];
        return [.. network.Links().Where(link => BondHost.IsOtherEndOf(link, state.Name))];
    }
}

using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>Finds the device of an earlier service's bond.</summary>
internal static class DeviceSearch
{
    /// <summary>
    /// The interface in this network namespace that ends with the device: the other end of a pair, or the TAP device. It is found by its number, since
    /// it may have been renamed. Null if it is gone.
    /// </summary>
    public static LinkInfo? Find(INetwork network, BondState state)
    {
        if (state.OtherEnd is { } end)
            return network.Find(end) is { } other && BondHost.IsOtherEnd(other, state.Device) ? other : null;
        // State files of form 1 have only the device's name.
        var device =
            state.Device is { } number ? network.Find(number)
            : state.Format == 1 ? network.Find(state.Name)
            : null;
        return device is { Kind: "tun" } ? device : null;
    }

    /// <summary>
    /// Remains of a device that cannot be taken over: the bond's own end of a pair whose other end is in another namespace, or a pair that was created
    /// just before a kill, whose file has only the bond's name.
    /// </summary>
    public static IReadOnlyList<LinkInfo> FindRest(INetwork network, BondState state)
    {
        if (state.Device is { } device)
            return network.Find(device) is { Kind: "veth" or "netkit" } own && own.Name == state.Name ? [own] : [];
        return [.. network.Links().Where(link => BondHost.IsOtherEndOf(link, state.Name))];
    }
}

using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>An nftables chain at a hook of interfaces.</summary>
/// <param name="Table">The chain's table.</param>
/// <param name="Chain">The chain's name.</param>
/// <param name="Hook">NF_NETDEV_*.</param>
/// <param name="Devices">The interfaces; empty if the chain has lost its only one.</param>
internal sealed record HookedChain(string Table, string Chain, uint Hook, IReadOnlyList<string> Devices);

/// <summary>Parses NFT_MSG_NEWCHAIN messages.</summary>
internal static class ChainReader
{
    /// <summary>A chain of the netdev family, or of another family at interfaces; null for other chains.</summary>
    public static HookedChain? Read(in NetlinkMessage message)
    {
        if (!message.TrySplit(out NfGenMsg header, out var attributes))
            return null;
        var (table, chain, hook, devices) = ("", "", uint.MaxValue, new List<string>());
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Nf.NFTA_CHAIN_TABLE)
                table = a.Text;
            else if (a.Type == Nf.NFTA_CHAIN_NAME)
                chain = a.Text;
            else if (a.Type == Nf.NFTA_CHAIN_HOOK)
                hook = ReadHook(a.Nested, devices);
        }
        // Hook numbers of other families have other meanings, and only the ingress hook of inet has interfaces.
        return header.Family == Nf.NFPROTO_NETDEV ? new HookedChain(table, chain, hook, devices) : null;
    }

    private static uint ReadHook(AttributeReader hook, List<string> devices)
    {
        var number = uint.MaxValue;
        while (hook.TryNext(out var a))
        {
            if (a.Type == Nf.NFTA_HOOK_HOOKNUM)
                number = a.UInt32BigEndian;
            else if (a.Type == Nf.NFTA_HOOK_DEV)
                Add(a.Text, devices);
            else if (a.Type == Nf.NFTA_HOOK_DEVS)
                ReadDevices(a.Nested, devices);
        }
        return number;
    }

    private static void ReadDevices(AttributeReader list, List<string> devices)
    {
        while (list.TryNext(out var a))
        {
            if (a.Type == Nf.NFTA_DEVICE_NAME)
                Add(a.Text, devices);
        }
    }

    // The kernel reports a single interface both by itself and in a list, in either order.
    private static void Add(string device, List<string> devices)
    {
        if (!devices.Contains(device, StringComparer.Ordinal))
            devices.Add(device);
    }
}

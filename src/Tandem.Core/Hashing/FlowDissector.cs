using Tandem.Core.Packets;

namespace Tandem.Core.Hashing;

/// <summary>Extracts from a frame what a hash policy uses. Accepts any bytes: fields that are cut off or unknown are left out.</summary>
public static class FlowDissector
{
    /// <summary>Extracts the keys of a frame.</summary>
    /// <param name="policy">The hash policy.</param>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="tag">How the outermost VLAN tag is treated.</param>
    public static FlowKeys Read(HashPolicy policy, ReadOnlySpan<byte> frame, VlanTagPlacement tag = VlanTagPlacement.Stripped)
    {
        var keys = new FlowKeys();
        if (!EthernetHeader.TryRead(frame, readTag: tag == VlanTagPlacement.Stripped, out var header))
            return keys;
        keys.MacFold = (byte)(frame[MacAddress.Length - 1] ^ frame[2 * MacAddress.Length - 1]);
        keys.EtherType = header.Type;
        switch (policy)
        {
            case HashPolicy.VlanSourceMac:
                keys.Source = header.Source;
                keys.TagControl = header.TagControl;
                keys.IsUnderstood = true;
                break;
            case HashPolicy.Layer23 or HashPolicy.Layer34:
                keys.IsUnderstood = IpDissector.Read(frame, header.PayloadOffset, policy == HashPolicy.Layer34, ref keys);
                break;
            case HashPolicy.Encap23 or HashPolicy.Encap34:
                var start = tag == VlanTagPlacement.InData ? BehindTags(frame) : header.PayloadOffset;
                keys.IsUnderstood = TunnelDissector.Read(frame, start, ref keys);
                break;
            default:
                keys.IsUnderstood = true;
                break;
        }
        return keys;
    }

    /// <summary>
    /// Offset of the network header behind all tags. The driver starts there, but with the EtherType of the outermost tag, so it reads
    /// the network header as another tag. Hence it parses hardly any frame whose tag is in the data.
    /// </summary>
    private static int BehindTags(ReadOnlySpan<byte> frame)
    {
        var type = EthernetHeader.Length - 2;
        while (Words.Has(frame, type, EthernetHeader.TagLength + 2) && EtherType.IsVlan(Words.ReadNetworkOrder(frame, type)))
            type += EthernetHeader.TagLength;
        return type + 2;
    }
}

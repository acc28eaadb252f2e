using Tandem.Core.Packets;

namespace Tandem.Core.Hashing;

/// <summary>Finds in a frame what a policy hashes. Any bytes will do: what is cut off or unknown is left out.</summary>
public static class FlowDissector
{
    /// <summary>The keys of a frame.</summary>
    /// <param name="policy">What is wanted.</param>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="tag">How the outermost VLAN tag is treated.</param>
    public static FlowKeys Read(HashPolicy policy, ReadOnlySpan<byte> frame, VlanTag tag = VlanTag.Stripped)
    {
        var keys = new FlowKeys();
        if (!EthernetHeader.TryRead(frame, readTag: tag == VlanTag.Stripped, out var header))
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
                var start = tag == VlanTag.InData ? BehindTags(frame) : header.PayloadOffset;
                keys.IsUnderstood = TunnelDissector.Read(frame, start, ref keys);
                break;
            default:
                keys.IsUnderstood = true;
                break;
        }
        return keys;
    }

    /// <summary>
    /// Where the network header starts behind all tags. The driver's walk begins there, but with the outermost tag's type, and so
    /// takes the network header for one more tag: that is why it understands hardly any frame with its tag in the data.
    /// </summary>
    private static int BehindTags(ReadOnlySpan<byte> frame)
    {
        var type = EthernetHeader.Length - 2;
        while (Words.Has(frame, type, EthernetHeader.TagLength + 2) && EtherType.IsVlan(Words.ReadNetworkOrder(frame, type)))
            type += EthernetHeader.TagLength;
        return type + 2;
    }
}

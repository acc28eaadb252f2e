namespace Tandem.Core.Hashing;

/// <summary>The flow hash, bit for bit that of the Linux driver on a little-endian machine.</summary>
public static class FlowHash
{
    /// <summary>Hashes a frame.</summary>
    /// <param name="policy">The hash policy.</param>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="tag">How the outermost VLAN tag is treated.</param>
    public static uint Compute(HashPolicy policy, ReadOnlySpan<byte> frame, VlanTagPlacement tag = VlanTagPlacement.Stripped) =>
        Compute(policy, FlowDissector.Read(policy, frame, tag));

    /// <summary>Hashes keys that <see cref="FlowDissector"/> extracted for the same policy.</summary>
    public static uint Compute(HashPolicy policy, in FlowKeys keys)
    {
        if (policy == HashPolicy.VlanSourceMac)
            return keys.TagControl ^ (uint)(keys.Source.Value >> 24) ^ (uint)(keys.Source.Value & 0xff_ffff);
        if (policy == HashPolicy.Layer2 || !keys.IsUnderstood)
            return Ethernet(keys);
        return policy is HashPolicy.Layer23 or HashPolicy.Encap23
            ? Mix(Ethernet(keys) ^ keys.AddressFold)
            // Drops the lowest bit: many programs use ports of one parity only.
            : Mix(keys.TransportWord ^ keys.AddressFold) >> 1;
    }

    /// <summary>The hash of layer2; other policies start from it or fall back to it.</summary>
    internal static uint Ethernet(in FlowKeys keys) => (uint)(keys.MacFold ^ keys.EtherType);

    /// <summary>Mixes the upper bytes into the lowest one, which matters most for the modulus.</summary>
    internal static uint Mix(uint hash)
    {
        hash ^= hash >> 16;
        return hash ^ (hash >> 8);
    }
}

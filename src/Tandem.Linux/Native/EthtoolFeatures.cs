using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct ethtool_sset_info (linux/ethtool.h) with room for the length of one set of strings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EthtoolStringSet
{
    public const uint ETHTOOL_GSSET_INFO = 0x37;
    public const ulong Features = 1ul << 4; // ETH_SS_FEATURES

    public uint Command;
    public uint Reserved;
    public ulong Sets;
    public uint Length;
}

/// <summary>struct ethtool_gstrings: the names of features, <see cref="NameLength"/> octets each, follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EthtoolStrings
{
    public const uint ETHTOOL_GSTRINGS = 0x1b;
    public const uint Features = 4; // ETH_SS_FEATURES
    public const int NameLength = 32;

    public uint Command;
    public uint Set;
    public uint Length;
}

/// <summary>struct ethtool_gfeatures: a block for each 32 features follows it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EthtoolFeatures
{
    public const uint ETHTOOL_GFEATURES = 0x3a;

    public uint Command;
    public uint Blocks;
}

/// <summary>struct ethtool_get_features_block: a bit for each feature.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EthtoolFeatureBlock
{
    public uint Available;
    public uint Requested;
    public uint Active;
    public uint NeverChanged;
}

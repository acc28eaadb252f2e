using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>
/// struct ethtool_link_settings (linux/ethtool.h) with room for the three link mode bitmaps. The kernel first returns the length of a
/// bitmap in words, as a negative number, and expects this number in the actual request.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EthtoolLinkSettings
{
    public const uint ETHTOOL_GLINKSETTINGS = 0x4c;
    public const uint ETHTOOL_SLINKSETTINGS = 0x4d;
    public const nuint SIOCETHTOOL = 0x8946;
    public const uint SPEED_UNKNOWN = uint.MaxValue;
    public const int FixedSize = 48;

    public uint Command;
    public uint Speed;
    public byte Duplex;
    public byte Port;
    public byte PhyAddress;
    public byte Autoneg;
    public byte MdioSupport;
    public byte TpMdix;
    public byte TpMdixControl;
    public sbyte MaskWords;
    public byte Transceiver;
    public byte MasterSlaveConfig;
    public byte MasterSlaveState;
    public byte RateMatching;
    public fixed uint Reserved[7];
    public fixed uint Masks[3 * sbyte.MaxValue];
}

using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Interfaces;

/// <summary>
/// Speed, duplex and VLAN filters of interfaces by the ethtool ioctl (ETHTOOL_GLINKSETTINGS, Linux 4.6). Calls wait for the kernel's lock
/// on interfaces (RTNL).
/// </summary>
public sealed unsafe class Ethtool : IDisposable
{
    // Any socket carries the ioctl. Not one of IP, of which the service has none otherwise: the unit denies them.
    private readonly FileDescriptor _socket = SocketCalls.Socket(
        SocketCalls.AF_NETLINK,
        SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC,
        0
    );
    private int? _vlanFilter;

    /// <summary>Opens a socket for the ioctl, in the calling thread's network namespace.</summary>
    public Ethtool()
    {
        if (_socket.IsInvalid)
            throw new InvalidOperationException($"cannot open a socket: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Reads speed in Mbit/s (0 if the device does not report it, or does not exist) and duplex.</summary>
    public (uint SpeedMbps, Duplex Duplex) ReadSpeed(string name)
    {
        EthtoolLinkSettings settings;
        if (!Get(name, &settings).IsOk)
            return (0, Duplex.Unknown);
        return (settings.Speed == EthtoolLinkSettings.SPEED_UNKNOWN ? 0 : settings.Speed, DuplexOf(settings.Duplex));
    }

    /// <summary>Sets the speed and duplex that a device reports; only virtual devices support it (tun since Linux 4.20).</summary>
    public LinuxResult SetSpeed(string name, uint speedMbps, Duplex duplex)
    {
        EthtoolLinkSettings settings;
        if (Get(name, &settings) is { IsOk: false } failed)
            return failed;
        settings.Speed = speedMbps == 0 ? EthtoolLinkSettings.SPEED_UNKNOWN : speedMbps;
        settings.Duplex = (byte)duplex;
        return Call(name, &settings, EthtoolLinkSettings.ETHTOOL_SLINKSETTINGS);
    }

    /// <summary>
    /// Whether a card drops frames of unregistered VLANs (feature rx-vlan-filter); false if unknown.
    /// </summary>
    public bool FiltersVlans(string name)
    {
        _vlanFilter ??= FindFeature(name, "rx-vlan-filter"u8);
        if (_vlanFilter is not (>= 0 and var bit))
            return false;
        var blocks = bit / 32 + 1;
        var buffer = stackalloc byte[sizeof(EthtoolFeatures) + blocks * sizeof(EthtoolFeatureBlock)];
        var features = (EthtoolFeatures*)buffer;
        *features = new EthtoolFeatures { Blocks = (uint)blocks };
        if (!Call(name, features, EthtoolFeatures.ETHTOOL_GFEATURES).IsOk || features->Blocks < blocks)
            return false;
        var block = ((EthtoolFeatureBlock*)(features + 1))[blocks - 1];
        return (block.Active >> (bit % 32) & 1) != 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // Index of a feature, the same for all interfaces of a kernel; -1 if the kernel lacks the feature, null if unknown.
    private int? FindFeature(string name, ReadOnlySpan<byte> feature)
    {
        var set = new EthtoolStringSet { Sets = EthtoolStringSet.Features };
        if (!Call(name, &set, EthtoolStringSet.ETHTOOL_GSSET_INFO).IsOk || set.Sets == 0)
            return null;
        var buffer = new byte[sizeof(EthtoolStrings) + (int)set.Length * EthtoolStrings.NameLength];
        fixed (byte* start = buffer)
        {
            var strings = (EthtoolStrings*)start;
            *strings = new EthtoolStrings { Set = EthtoolStrings.Features, Length = set.Length };
            if (!Call(name, strings, EthtoolStrings.ETHTOOL_GSTRINGS).IsOk)
                return null;
        }
        for (var i = 0; i < set.Length; i++)
        {
            var text = buffer.AsSpan(sizeof(EthtoolStrings) + i * EthtoolStrings.NameLength, EthtoolStrings.NameLength);
            if (text.StartsWith(feature) && text[feature.Length] == 0)
                return i;
        }
        return -1;
    }

    private static Duplex DuplexOf(byte value) =>
        value switch
        {
            0 => Duplex.Half,
            1 => Duplex.Full,
            _ => Duplex.Unknown,
        };

    private LinuxResult Get(string name, EthtoolLinkSettings* settings)
    {
        *settings = default;
        if (Call(name, settings, EthtoolLinkSettings.ETHTOOL_GLINKSETTINGS) is { IsOk: false } failed)
            return failed;
        if (settings->MaskWords >= 0)
            return new LinuxResult(Errno.EBADMSG, "the kernel did not say how long its link mode bitmaps are");
        var words = (sbyte)-settings->MaskWords;
        *settings = default;
        settings->MaskWords = words;
        return Call(name, settings, EthtoolLinkSettings.ETHTOOL_GLINKSETTINGS);
    }

    // Every ethtool structure starts with the command.
    private LinuxResult Call(string name, void* data, uint command)
    {
        *(uint*)data = command;
        var request = new IfReq(name) { Data = data };
        return Files.Ioctl(_socket, EthtoolLinkSettings.SIOCETHTOOL, &request) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }
}

using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux;

/// <summary>Speed and duplex of interfaces, through the ethtool ioctl (ETHTOOL_GLINKSETTINGS, kernel 4.6).</summary>
public sealed unsafe class Ethtool : IDisposable
{
    private readonly FileDescriptor _socket = Sockets.Socket(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);

    /// <summary>Opens the socket that carries the ioctl, in the calling thread's network namespace.</summary>
    public Ethtool()
    {
        if (_socket.IsInvalid)
            throw new InvalidOperationException($"cannot open a socket: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>The speed in Mbit/s (0 if the device does not say, or is not there) and the duplex.</summary>
    public (uint SpeedMbps, Duplex Duplex) ReadSpeed(string name)
    {
        EthtoolLinkSettings settings;
        if (!Get(name, &settings).IsOk)
            return (0, Duplex.Unknown);
        return (settings.Speed == EthtoolLinkSettings.SPEED_UNKNOWN ? 0 : settings.Speed, DuplexOf(settings.Duplex));
    }

    /// <summary>Sets what a device reports; only virtual devices take this as said (tun since 4.20).</summary>
    public LinuxResult SetSpeed(string name, uint speedMbps, Duplex duplex)
    {
        EthtoolLinkSettings settings;
        if (Get(name, &settings) is { IsOk: false } failed)
            return failed;
        settings.Speed = speedMbps == 0 ? EthtoolLinkSettings.SPEED_UNKNOWN : speedMbps;
        settings.Duplex = (byte)duplex;
        return Call(name, &settings, EthtoolLinkSettings.ETHTOOL_SLINKSETTINGS);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

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

    private LinuxResult Call(string name, EthtoolLinkSettings* settings, uint command)
    {
        settings->Command = command;
        var request = new IfReq(name) { Data = settings };
        return Files.Ioctl(_socket, EthtoolLinkSettings.SIOCETHTOOL, &request) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }
}

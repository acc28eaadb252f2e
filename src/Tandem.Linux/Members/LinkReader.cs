using Tandem.Core;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Members;

/// <summary>
/// Reads the link of one member as often as its monitor asks, every few milliseconds perhaps. Speed and duplex take the kernel's
/// rtnl lock, which a driver holds for long just when its card fails; so they are read at first and when the link has come up, and not at the
/// moment when it went down. What changes of them meanwhile a <see cref="Lookout"/> finds.
/// </summary>
internal sealed class LinkReader(int ifindex)
{
    private LinkStatus _last = LinkStatus.Gone;
    private bool _wasRead;

    /// <summary>How often the interface had lost its carrier when it was last read.</summary>
    public uint CarrierLosses { get; private set; }

    /// <summary>The link now. What the kernel does not tell just then is as it was; only an interface that is not there is gone.</summary>
    public LinkStatus Read(RouteSocket route, Ethtool ethtool)
    {
        var read = route.GetLinkWithoutStatistics(ifindex);
        if (read.Value is not { } link)
            return read.Error.Errno == Errno.ENODEV ? _last = LinkStatus.Gone : _last;
        CarrierLosses = link.CarrierLosses;
        var status = _last with { IsUp = link.IsUp, HasCarrier = link.Flags.HasFlag(LinkFlags.LowerUp) };
        if (!_wasRead || (status.IsRunning && !_last.IsRunning))
        {
            _wasRead = true;
            var (speed, duplex) = ethtool.ReadSpeed(link.Name);
            status = status with { SpeedMbps = speed, Duplex = duplex };
        }
        return _last = status;
    }

    /// <summary>Takes in the speed and the duplex that somebody else has read.</summary>
    public void Take(uint speedMbps, Duplex duplex) => _last = _last with { SpeedMbps = speedMbps, Duplex = duplex };
}

using Tandem.Core;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Members;

/// <summary>
/// Reads a member's link whenever its monitor asks, possibly every few ms. Reading speed and duplex waits for RTNL, which a driver may
/// hold for long when its card fails. So they are read at first and when the link comes up, not when it goes down. A
/// <see cref="Lookout"/> finds other changes.
/// </summary>
internal sealed class LinkReader(int ifindex)
{
    private LinkStatus _last = LinkStatus.Gone;
    private bool _wasRead;

    /// <summary>The interface's carrier loss counter when it was last read.</summary>
    public uint CarrierLosses { get; private set; }

    /// <summary>Reads the link. If the kernel cannot answer, the last state is returned; only a missing interface is gone.</summary>
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

    /// <summary>Sets speed and duplex that were read elsewhere.</summary>
    public void Take(uint speedMbps, Duplex duplex) => _last = _last with { SpeedMbps = speedMbps, Duplex = duplex };
}

using System.Diagnostics;
using Tandem.Core;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Members;

/// <summary>
/// Reads the link of one member as often as its monitor asks, every few milliseconds perhaps. Speed and duplex take the kernel's
/// rtnl lock, which a driver holds for long just when its card fails; so they are read when the link has come up, and else at most
/// once a second, and not at the moment when it went down.
/// </summary>
internal sealed class LinkReader(int ifindex)
{
    private LinkStatus _last = LinkStatus.Gone;
    private long _speedRead = Stopwatch.GetTimestamp() - Stopwatch.Frequency;

    /// <summary>The link now. What the kernel does not tell just then is as it was; only an interface that is not there is gone.</summary>
    public LinkStatus Read(RouteSocket route, Ethtool ethtool)
    {
        var read = route.GetLinkWithoutStatistics(ifindex);
        if (read.Value is not { } link)
            return read.Error.Errno == Errno.ENODEV ? _last = LinkStatus.Gone : _last;
        var status = _last with { IsUp = link.IsUp, HasCarrier = link.Flags.HasFlag(LinkFlags.LowerUp) };
        var now = Stopwatch.GetTimestamp();
        var hasTurned = status.IsRunning != _last.IsRunning;
        if (hasTurned ? status.IsRunning : now - _speedRead >= Stopwatch.Frequency)
        {
            var (speed, duplex) = ethtool.ReadSpeed(link.Name);
            status = status with { SpeedMbps = speed, Duplex = duplex };
        }
        else if (!hasTurned)
        {
            return _last = status;
        }
        _speedRead = now;
        return _last = status;
    }
}

using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Guards;

/// <summary>
/// Tells when chains of the firewall came or went: the guards of members may be among them (<c>nft flush ruleset</c> removes them too), or
/// chains that frames will pass by. One thread reads; any thread may stop it. Dispose after the reading thread has ended.
/// </summary>
public sealed class GuardMonitor : IDisposable
{
    private const int ReceiveBytes = 256 * 1024;

    private readonly NetlinkSubscription _subscription = new(Nl.NETLINK_NETFILTER, [Nf.NFNLGRP_NFTABLES], ReceiveBytes);

    /// <summary>Waits until a table was removed, or a chain was made or removed, whosever it was, or news was lost. False once the monitor is stopped.</summary>
    public bool Read()
    {
        while (true)
        {
            switch (_subscription.Next(out var message))
            {
                case News.Stopped:
                    return false;
                case News.Lost:
                case News.Message when message.Header.Type is Nf.NFT_MSG_DELTABLE or Nf.NFT_MSG_DELCHAIN or Nf.NFT_MSG_NEWCHAIN:
                    return true;
            }
        }
    }

    /// <summary>Makes <see cref="Read"/> return false, now and ever after.</summary>
    public void Stop() => _subscription.Stop();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}

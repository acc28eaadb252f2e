using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Guards;

/// <summary>
/// Reports changes of nftables chains: guards of members may have been removed (<c>nft flush ruleset</c> does so), or egress chains added
/// that frames bypass. One thread reads; any thread may stop it. Dispose after the reading thread has ended.
/// </summary>
public sealed class GuardMonitor : IDisposable
{
    private const int ReceiveBytes = 256 * 1024;

    private readonly NetlinkSubscription _subscription = new(Nl.NETLINK_NETFILTER, [Nf.NFNLGRP_NFTABLES], ReceiveBytes);

    /// <summary>Blocks until any table was removed, any chain was created or removed, or messages were lost. False once the monitor is
    /// stopped.</summary>
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

    /// <summary>Makes <see cref="Read"/> return false from now on.</summary>
    public void Stop() => _subscription.Stop();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}

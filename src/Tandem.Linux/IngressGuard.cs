using System.Globalization;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux;

/// <summary>
/// Keeps frames that arrive on a member from the host's own stack: an nftables chain on the device's ingress that drops
/// everything. Packet sockets see a frame before that hook, so the data path loses nothing. The chains stay when the
/// process dies, as they should while a member has no owner, and are found again by the table's name.
/// </summary>
/// <remarks>Needs nf_tables with the netdev family (CONFIG_NF_TABLES_NETDEV, kernel 4.2).</remarks>
public sealed class IngressGuard : IDisposable
{
    /// <summary>The table of the netdev family in which the chains stand: <c>nft list table netdev tandem</c>.</summary>
    public const string Table = "tandem";

    private const string ChainPrefix = "member-";

    private readonly NetlinkSocket _socket = new(Nl.NETLINK_NETFILTER);
    private readonly byte[] _request = new byte[1024];

    /// <summary>Drops for the stack whatever arrives on an interface from now on. No error if the guard stands already.</summary>
    public LinuxResult Add(int ifindex, string name)
    {
        var batch = BeginBatch();
        batch.BeginMessage(Nf.NFT_MSG_NEWTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_CREATE, _socket.NextSequence(), Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Table);
        batch.EndMessage();

        var sequence = _socket.NextSequence();
        batch.BeginMessage(Nf.NFT_MSG_NEWCHAIN, Nl.NLM_F_REQUEST | Nl.NLM_F_CREATE | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_CHAIN_TABLE, Table);
        batch.AttributeString(Nf.NFTA_CHAIN_NAME, ChainName(ifindex));
        var hook = batch.BeginNested(Nf.NFTA_CHAIN_HOOK);
        batch.AttributeBigEndian(Nf.NFTA_HOOK_HOOKNUM, Nf.NF_NETDEV_INGRESS);
        batch.AttributeBigEndian(Nf.NFTA_HOOK_PRIORITY, 0);
        batch.AttributeString(Nf.NFTA_HOOK_DEV, name);
        batch.EndNested(hook);
        batch.AttributeString(Nf.NFTA_CHAIN_TYPE, "filter");
        batch.AttributeBigEndian(Nf.NFTA_CHAIN_POLICY, Nf.NF_DROP);
        batch.EndMessage();
        return Commit(batch, sequence);
    }

    /// <summary>Lets the stack see an interface's frames again; the last chain takes the table with it. No error if there is no guard.</summary>
    public LinuxResult Remove(int ifindex)
    {
        var batch = BeginBatch();
        var sequence = _socket.NextSequence();
        batch.BeginMessage(Nf.NFT_MSG_DELCHAIN, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_CHAIN_TABLE, Table);
        batch.AttributeString(Nf.NFTA_CHAIN_NAME, ChainName(ifindex));
        batch.EndMessage();
        var result = Commit(batch, sequence);
        if (!result.IsOk && result.Errno != Errno.ENOENT)
            return result;
        return List().Value is { Count: 0 } ? RemoveTable() : LinuxResult.Ok;
    }

    /// <summary>The interfaces (by number) that are guarded, by this process or by one before it.</summary>
    public LinuxResult<IReadOnlyList<int>> List()
    {
        var guarded = new List<int>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Nf.NFT_MSG_GETCHAIN, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, Header());
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Nf.NFT_MSG_NEWCHAIN && ReadChain(message) is { } ifindex)
                    guarded.Add(ifindex);
            },
            guarded.Clear
        );
        return new LinuxResult<IReadOnlyList<int>>(result.IsOk ? guarded : null, result);
    }

    /// <summary>Removes the table with all its chains. No error if it is not there.</summary>
    public LinuxResult RemoveTable()
    {
        var batch = BeginBatch();
        var sequence = _socket.NextSequence();
        batch.BeginMessage(Nf.NFT_MSG_DELTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Table);
        batch.EndMessage();
        var result = Commit(batch, sequence);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static string ChainName(int ifindex) => string.Create(CultureInfo.InvariantCulture, $"{ChainPrefix}{ifindex}");

    private static NfGenMsg Header() => new() { Family = Nf.NFPROTO_NETDEV };

    private static int? ReadChain(in NetlinkMessage message)
    {
        if (!message.TrySplit(out NfGenMsg _, out var attributes))
            return null;
        string? table = null;
        var chain = "";
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Nf.NFTA_CHAIN_TABLE)
                table = a.Text;
            else if (a.Type == Nf.NFTA_CHAIN_NAME)
                chain = a.Text;
        }
        var isOurs = table == Table && chain.StartsWith(ChainPrefix, StringComparison.Ordinal);
        return isOurs && int.TryParse(chain.AsSpan(ChainPrefix.Length), CultureInfo.InvariantCulture, out var ifindex) ? ifindex : null;
    }

    /// <summary>Changes go in batches that are carried out whole or not at all.</summary>
    private NetlinkWriter BeginBatch() => Mark(new NetlinkWriter(_request), Nf.NFNL_MSG_BATCH_BEGIN);

    private NetlinkWriter Mark(NetlinkWriter batch, ushort type)
    {
        var header = new NfGenMsg { ResourceIdBigEndian = Nf.NFNL_SUBSYS_NFTABLES << 8 };
        batch.BeginMessage(type, Nl.NLM_F_REQUEST, _socket.NextSequence(), header);
        batch.EndMessage();
        return batch;
    }

    private LinuxResult Commit(NetlinkWriter batch, uint sequence) => _socket.Request(Mark(batch, Nf.NFNL_MSG_BATCH_END).Written, sequence);
}

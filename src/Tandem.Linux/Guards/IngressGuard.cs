using System.Globalization;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Guards;

/// <summary>Kinds of guarded interfaces.</summary>
public enum Guarded
{
    /// <summary>A member. Sockets bound to it and to some EtherTypes, such as LLDP, receive their frames.</summary>
    Member,

    /// <summary>The other end of a bond's device, on which no socket receives anything.</summary>
    OtherEnd,
}

/// <summary>
/// The guard: an nftables chain at an interface's ingress that keeps received frames from the host's own stack. Packet sockets for all
/// types see frames before that hook, so the socket data path is not affected. The chains outlive the process, as they should while a
/// member has no service, and are found again by the table's name.
/// </summary>
/// <remarks>Needs nf_tables with the netdev family (CONFIG_NF_TABLES_NETDEV, kernel 4.2).</remarks>
public sealed class IngressGuard : IDisposable
{
    /// <summary>The table of the netdev family with the chains: <c>nft list table netdev tandem</c>.</summary>
    public const string Table = "tandem";

    private const string ChainPrefix = "member-";

    private readonly NetlinkSocket _socket = new(Nl.NETLINK_NETFILTER);
    private readonly byte[] _request = new byte[4096];

    /// <summary>Adds a guard to an interface. An existing guard is replaced atomically.</summary>
    public LinuxResult Add(int ifindex, string name, Guarded guarded = Guarded.Member)
    {
        var batch = BeginBatch(out var sequence);
        AddChain(ref batch, sequence, ifindex, name, guarded);
        return Commit(batch, sequence);
    }

    /// <summary>Ensures that the guard exists, under the interface's present name.</summary>
    /// <param name="ifindex">The interface.</param>
    /// <param name="name">Its present name.</param>
    /// <param name="guarded">The kind of interface.</param>
    /// <param name="wasGone">Whether there was no guard.</param>
    public LinuxResult Ensure(int ifindex, string name, Guarded guarded, out bool wasGone)
    {
        wasGone = false;
        var guards = List();
        if (guards.Value is not { } standing)
            return guards.Error;
        wasGone = !standing.TryGetValue(ifindex, out var found);
        if (wasGone)
            return Add(ifindex, name, guarded);
        return found == name ? LinuxResult.Ok : Move(ifindex, name, guarded);
    }

    /// <summary>
    /// Replaces the guard by one for the interface's present name, atomically. On newer kernels (such as 6.16) a chain is bound to a
    /// name: it loses a renamed interface, and catches the next one with the old name.
    /// </summary>
    public LinuxResult Move(int ifindex, string name, Guarded guarded = Guarded.Member)
    {
        var batch = BeginBatch(out var sequence);
        RemoveChain(ref batch, sequence, Nl.NLM_F_REQUEST, ifindex);
        AddChain(ref batch, sequence, ifindex, name, guarded);
        return Commit(batch, sequence);
    }

    /// <summary>Removes a guard; the last one also removes the table. No error if there is none.</summary>
    public LinuxResult Remove(int ifindex)
    {
        var batch = BeginBatch(out var sequence);
        RemoveChain(ref batch, sequence, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, ifindex);
        var result = Commit(batch, sequence);
        if (!result.IsOk && !IsAbsent(result))
            return result;
        return List().Value is { Count: 0 } ? RemoveTable() : LinuxResult.Ok;
    }

    /// <summary>
    /// The ifindexes of interfaces guarded by this or an earlier process, with the interface name of each chain; empty if the chain has
    /// lost its device.
    /// </summary>
    public LinuxResult<IReadOnlyDictionary<int, string>> List()
    {
        var guarded = new Dictionary<int, string>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Nf.NFT_MSG_GETCHAIN, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, Header());
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Nf.NFT_MSG_NEWCHAIN)
                    ReadChain(message, guarded);
            },
            guarded.Clear
        );
        return new LinuxResult<IReadOnlyDictionary<int, string>>(result.IsOk ? guarded : null, result);
    }

    /// <summary>
    /// Egress chains of other programs by interface name: <c>table inet filter, chain out</c>. Frames redirected by programs bypass them.
    /// </summary>
    public LinuxResult<ILookup<string, string>> EgressChains()
    {
        var found = new List<(string Device, string Chain)>();
        var request = new NetlinkWriter(_request);
        request.BeginMessage(Nf.NFT_MSG_GETCHAIN, Nl.NLM_F_REQUEST | Nl.NLM_F_DUMP, 0, new NfGenMsg());
        request.EndMessage();
        var result = _socket.Dump(
            _request.AsSpan(0, request.Length),
            (in message) =>
            {
                if (message.Header.Type == Nf.NFT_MSG_NEWCHAIN && ChainReader.Read(message) is { Hook: Nf.NF_NETDEV_EGRESS } chain)
                    found.AddRange(chain.Devices.Select(device => (device, $"{chain.Chain} of the table {chain.Table}")));
            },
            found.Clear
        );
        return new LinuxResult<ILookup<string, string>>(
            result.IsOk ? found.ToLookup(chain => chain.Device, chain => chain.Chain, StringComparer.Ordinal) : null,
            result
        );
    }

    /// <summary>Removes the table with all chains. No error if it does not exist.</summary>
    public LinuxResult RemoveTable()
    {
        var batch = BeginBatch(out var sequence);
        batch.BeginMessage(Nf.NFT_MSG_DELTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Table);
        batch.EndMessage();
        var result = Commit(batch, sequence);
        return IsAbsent(result) ? LinuxResult.Ok : result;
    }

    /// <summary>Whether the netdev family exists: creates and removes a table in one batch, so that nothing is left.</summary>
    public LinuxResult TryFamily()
    {
        const string Trial = "tandem-doctor";
        var batch = BeginBatch(out var sequence);
        batch.BeginMessage(Nf.NFT_MSG_NEWTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_CREATE, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Trial);
        batch.EndMessage();
        batch.BeginMessage(Nf.NFT_MSG_DELTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Trial);
        batch.EndMessage();
        return Commit(batch, sequence);
    }

    /// <inheritdoc/>
    public void Dispose() => SlowClose.Begin(_socket);

    private static string ChainName(int ifindex) => string.Create(CultureInfo.InvariantCulture, $"{ChainPrefix}{ifindex}");

    private static NfGenMsg Header() => new() { Family = Nf.NFPROTO_NETDEV };

    /// <summary>Whether there is nothing to remove; a kernel without nf_tables returns EOPNOTSUPP.</summary>
    private static bool IsAbsent(LinuxResult result) => result.Errno is Errno.ENOENT or Errno.EOPNOTSUPP;

    private static void AddChain(ref NetlinkWriter batch, uint sequence, int ifindex, string name, Guarded guarded)
    {
        batch.BeginMessage(Nf.NFT_MSG_NEWTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_CREATE, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Table);
        batch.EndMessage();
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
        if (guarded == Guarded.Member)
            ListenerRules.Write(ref batch, sequence, Table, ChainName(ifindex));
    }

    private static void RemoveChain(ref NetlinkWriter batch, uint sequence, ushort flags, int ifindex)
    {
        batch.BeginMessage(Nf.NFT_MSG_DELCHAIN, flags, sequence, Header());
        batch.AttributeString(Nf.NFTA_CHAIN_TABLE, Table);
        batch.AttributeString(Nf.NFTA_CHAIN_NAME, ChainName(ifindex));
        batch.EndMessage();
    }

    private static void ReadChain(in NetlinkMessage message, Dictionary<int, string> guarded)
    {
        if (ChainReader.Read(message) is not { } chain)
            return;
        var isOurs = chain.Table == Table && chain.Chain.StartsWith(ChainPrefix, StringComparison.Ordinal);
        if (isOurs && int.TryParse(chain.Chain.AsSpan(ChainPrefix.Length), CultureInfo.InvariantCulture, out var ifindex))
            guarded[ifindex] = chain.Devices is [var device, ..] ? device : "";
    }

    /// <summary>
    /// Starts a batch, which nftables applies completely or not at all. All messages of a batch share one sequence number: a refusal of
    /// the whole batch (no rights, no nf_tables) answers the first message.
    /// </summary>
    private NetlinkWriter BeginBatch(out uint sequence)
    {
        sequence = _socket.NextSequence();
        return Mark(new NetlinkWriter(_request), Nf.NFNL_MSG_BATCH_BEGIN, sequence);
    }

    private static NetlinkWriter Mark(NetlinkWriter batch, ushort type, uint sequence)
    {
        var header = new NfGenMsg { ResourceIdBigEndian = Nf.NFNL_SUBSYS_NFTABLES << 8 };
        batch.BeginMessage(type, Nl.NLM_F_REQUEST, sequence, header);
        batch.EndMessage();
        return batch;
    }

    private LinuxResult Commit(NetlinkWriter batch, uint sequence) =>
        _socket.Request(Mark(batch, Nf.NFNL_MSG_BATCH_END, sequence).Written, sequence);
}

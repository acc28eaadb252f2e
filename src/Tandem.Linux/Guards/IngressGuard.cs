using System.Globalization;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Guards;

/// <summary>Whom a guard keeps the host's own stack from.</summary>
public enum Guarded
{
    /// <summary>A member. Sockets that are bound to one type of frame hear theirs on it, such as LLDP.</summary>
    Member,

    /// <summary>The other end of a bond's device, where nobody is to hear anything.</summary>
    OtherEnd,
}

/// <summary>
/// Keeps frames that arrive on a member from the host's own stack: an nftables chain on the device's ingress that drops them. Packet
/// sockets for all types see a frame before that hook, so the data path loses nothing. The chains stay when the
/// process dies, as they should while a member has no owner, and are found again by the table's name.
/// </summary>
/// <remarks>Needs nf_tables with the netdev family (CONFIG_NF_TABLES_NETDEV, kernel 4.2).</remarks>
public sealed class IngressGuard : IDisposable
{
    /// <summary>The table of the netdev family in which the chains stand: <c>nft list table netdev tandem</c>.</summary>
    public const string Table = "tandem";

    private const string ChainPrefix = "member-";

    private readonly NetlinkSocket _socket = new(Nl.NETLINK_NETFILTER);
    private readonly byte[] _request = new byte[4096];

    /// <summary>Drops for the stack what arrives on an interface from now on. A guard that stands already is made anew, in one step.</summary>
    public LinuxResult Add(int ifindex, string name, Guarded guarded = Guarded.Member)
    {
        var batch = BeginBatch(out var sequence);
        AddChain(ref batch, sequence, ifindex, name, guarded);
        return Commit(batch, sequence);
    }

    /// <summary>Makes sure that the guard stands, under the interface's present name.</summary>
    /// <param name="ifindex">The interface.</param>
    /// <param name="name">Its present name.</param>
    /// <param name="guarded">Whom the guard keeps the stack from.</param>
    /// <param name="wasGone">True if there was no guard at all.</param>
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
    /// Makes the guard stand under the interface's present name, in one step: from some kernel on (6.16, say) a chain belongs to
    /// a name, lets a renamed interface go, and catches the next one of the old name.
    /// </summary>
    public LinuxResult Move(int ifindex, string name, Guarded guarded = Guarded.Member)
    {
        var batch = BeginBatch(out var sequence);
        RemoveChain(ref batch, sequence, Nl.NLM_F_REQUEST, ifindex);
        AddChain(ref batch, sequence, ifindex, name, guarded);
        return Commit(batch, sequence);
    }

    /// <summary>Lets the stack see an interface's frames again; the last chain takes the table with it. No error if there is no guard.</summary>
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
    /// The interfaces (by number) that are guarded, by this process or by one before it, with the name under which each chain
    /// stands; empty where the chain has lost its device.
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
    /// Chains of anybody at the egress of interfaces, by the interface's name: <c>table inet filter, chain out</c>. Frames that programs
    /// redirect pass them by.
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

    /// <summary>Removes the table with all its chains. No error if it is not there.</summary>
    public LinuxResult RemoveTable()
    {
        var batch = BeginBatch(out var sequence);
        batch.BeginMessage(Nf.NFT_MSG_DELTABLE, Nl.NLM_F_REQUEST | Nl.NLM_F_ACK, sequence, Header());
        batch.AttributeString(Nf.NFTA_TABLE_NAME, Table);
        batch.EndMessage();
        var result = Commit(batch, sequence);
        return IsAbsent(result) ? LinuxResult.Ok : result;
    }

    /// <summary>Whether there is a netdev family: makes and removes a table of another name in one batch, so that nothing can be left of it.</summary>
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

    /// <summary>Whether there is nothing to remove; a kernel without nf_tables answers EOPNOTSUPP.</summary>
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
    /// Changes go in batches that are carried out whole or not at all. One sequence number is for all of a batch: what the kernel
    /// refuses as a whole (no right, no nf_tables) it answers to the first message, not to the one that asked for an answer.
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

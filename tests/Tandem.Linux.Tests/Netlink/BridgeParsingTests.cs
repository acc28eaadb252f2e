using Tandem.Core;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Netlink;

public class BridgeParsingTests
{
    /// <summary>An RTM_NEWNEIGH of an address that bridge 10 learned on port 5 in VLAN 7, byte for byte.</summary>
    private static readonly byte[] Learned =
    [
        .. (ReadOnlySpan<byte>)[56, 0, 0, 0, 28, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0], // length, RTM_NEWNEIGH, sequence 7, port 9
        .. (ReadOnlySpan<byte>)[7, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0], // AF_BRIDGE, number 5, NUD_REACHABLE
        .. (ReadOnlySpan<byte>)[10, 0, 2, 0, 2, 0, 0, 0, 0, 99, 0, 0], // NDA_LLADDR, padded
        .. (ReadOnlySpan<byte>)[8, 0, 9, 0, 10, 0, 0, 0], // NDA_MASTER
        .. (ReadOnlySpan<byte>)[6, 0, 5, 0, 7, 0, 0, 0], // NDA_VLAN
    ];

    /// <summary>An RTM_NEWLINK of the family AF_BRIDGE: VLAN 1 without a tag, 10 to 20 with one.</summary>
    internal static readonly byte[] Vlans =
    [
        .. (ReadOnlySpan<byte>)[60, 0, 0, 0, 16, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0],
        .. (ReadOnlySpan<byte>)[7, 0, 1, 0, 5, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0], // AF_BRIDGE, number 5
        .. (ReadOnlySpan<byte>)[28, 0, 26, 0x80], // IFLA_AF_SPEC
        .. (ReadOnlySpan<byte>)[8, 0, 2, 0, 6, 0, 1, 0], // PVID, untagged
        .. (ReadOnlySpan<byte>)[8, 0, 2, 0, 8, 0, 10, 0], // begin of a range
        .. (ReadOnlySpan<byte>)[8, 0, 2, 0, 16, 0, 20, 0], // end of it
    ];

    [Fact]
    public void Messages_are_read_as_the_bridge_command_shows_them()
    {
        Assert.Equal([new ForwardingEntry(5, 10, new MacAddress(0x0200_0000_0063), 7, IsPermanent: false)], EntriesOf(Learned));
        Assert.Equal(
            [new BridgeVlan(5, 1, 1, IsPvid: true, IsUntagged: true), new BridgeVlan(5, 10, 20, IsPvid: false, IsUntagged: false)],
            VlansOf(Vlans)
        );
    }

    [Fact]
    public void An_entry_of_the_interface_itself_belongs_to_no_bridge()
    {
        var own = Learned.ToArray();
        (own[24], own[26]) = (0x80, 2); // NUD_PERMANENT, NTF_SELF
        Assert.Equal([new ForwardingEntry(5, null, new MacAddress(0x0200_0000_0063), 7, IsPermanent: true)], EntriesOf(own));
    }

    [Fact]
    public void Messages_cut_at_any_byte_or_with_any_byte_changed_read_without_an_exception()
    {
        foreach (var whole in new[] { Learned, Vlans })
        {
            for (var i = 0; i < whole.Length; i++)
            {
                foreach (var value in new byte[] { 0, 1, 3, 0x7f, 0xff, (byte)i })
                {
                    var changed = whole.ToArray();
                    changed[i] = value;
                    EntriesOf(changed);
                    VlansOf(changed);
                    var cut = whole[..i];
                    if (i >= 16)
                        cut[0] = (byte)i;
                    EntriesOf(cut);
                    VlansOf(cut);
                }
            }
        }
    }

    private static List<ForwardingEntry> EntriesOf(byte[] datagram)
    {
        var entries = new List<ForwardingEntry>();
        var reader = new MessageReader(datagram);
        while (reader.TryNext(out var message))
        {
            if (ForwardingEntry.Parse(message) is { } entry)
                entries.Add(entry);
        }
        return entries;
    }

    private static List<BridgeVlan> VlansOf(byte[] datagram)
    {
        var vlans = new List<BridgeVlan>();
        var reader = new MessageReader(datagram);
        while (reader.TryNext(out var message))
            BridgeVlan.Parse(message, vlans);
        return vlans;
    }
}

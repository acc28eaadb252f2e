using System.Buffers.Binary;
using System.Net;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain.Balancing;

/// <summary>A bond in balance-alb with four members, and peers that speak ARP with it.</summary>
public abstract class AlbLab
{
    protected const uint Server = 0x0a00_0001;

    protected AlbLab()
    {
        A = World.AddStation("a", 4);
        B = World.AddStation("b", 4);
        Cables = World.Connect(A, B);
        foreach (var port in B.Ports)
        {
            port.IsUp = true;
            port.Heard = frame => Heard.Add((port.Name, frame));
        }
        A.StackOf = _ => new HostStack { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 1])]) };
        A.Start("mode", "balance-alb");
        World.Run(5);
    }

    protected World World { get; } = new();

    protected Station A { get; }

    /// <summary>The other side, where the peers are.</summary>
    protected Station B { get; }

    protected IReadOnlyList<Cable> Cables { get; }

    /// <summary>Frames received by each port of the other side; their destinations show the peers.</summary>
    protected List<(string Port, byte[] Frame)> Heard { get; } = [];

    private protected AlbMode Mode => (AlbMode)A.Bond.Mode;

    protected static uint Ip(int peer) => 0x0a00_0100 + (uint)peer;

    protected static MacAddress Mac(int peer) => new(0x0200_00aa_0000 + (ulong)peer);

    protected static byte[] Arp(ushort operation, MacAddress from, uint sender, MacAddress to, uint target, ushort vlan = 0)
    {
        var frame = new byte[64];
        ReadOnlySpan<FrameTag> tags = vlan == 0 ? [] : [new FrameTag(EtherType.Vlan, vlan)];
        var offset = EthernetWriter.Write(frame, to, from, tags, EtherType.Arp);
        byte[] start = [0, 1, 8, 0, 6, 4];
        start.CopyTo(frame, offset);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(offset + 6), operation);
        from.Write(frame.AsSpan(offset + 8));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(offset + 14), sender);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(offset + 24), target);
        return frame;
    }

    /// <summary>A peer requests the host's address; returns the port and the content of the answer.</summary>
    protected (string Port, MacAddress Told) Ask(int peer, uint server = Server)
    {
        B.Ports[0].Transmit(Arp(1, Mac(peer), Ip(peer), MacAddress.Broadcast, server));
        World.Run(0.1);
        Heard.Clear();
        A.Send(Arp(2, A.Bond.Address, server, Mac(peer), Ip(peer)));
        World.Run(0.1);
        var (port, frame) = Heard.First(heard => Told(heard.Frame) is not null && MacAddress.Read(heard.Frame) == Mac(peer));
        Assert.Equal(Told(frame), MacAddress.Read(frame.AsSpan(6)));
        return (port, Told(frame)!.Value);
    }

    protected static MacAddress? Told(byte[] frame) =>
        EthernetHeader.TryRead(frame, readTag: true, out var header)
        && header.Type == EtherType.Arp
        && ArpPacket.TryRead(frame.AsSpan(header.PayloadOffset), out var arp)
            ? arp.SenderMac
            : null;

    protected List<(string Port, MacAddress Told, MacAddress Peer)> Tellings() =>
        [
            .. Heard
                .Where(heard => Told(heard.Frame) is not null)
                .Select(heard => (heard.Port, Told(heard.Frame)!.Value, MacAddress.Read(heard.Frame))),
        ];

    protected static byte[] Data(MacAddress to)
    {
        var frame = new byte[60];
        to.Write(frame);
        Mac(1).Write(frame.AsSpan(6));
        frame[12] = 0x08;
        return frame;
    }

    protected static bool IsLearning(byte[] frame) => (frame[12] << 8 | frame[13]) == EtherType.ConfigurationTest;

    protected static byte Bucket(int peer)
    {
        Span<byte> address = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(address, Ip(peer));
        return BucketRule.PeerBucket(address);
    }
}

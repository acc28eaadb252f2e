using System.Buffers.Binary;
using System.Globalization;
using Tandem.Linux.Native;

namespace Tandem.Linux.Tests.Paths.Sockets.Tunnels;

/// <summary>A header of a frame.</summary>
public enum Part
{
    Ethernet,
    Tag,
    Ip4,
    Ip6,
    Udp,
    Gre,
    Vxlan,
    Geneve,
    Gue,
    Mpls,
    Pppoe,
    Tcp,
}

/// <summary>A header with its variable parts.</summary>
/// <param name="Part">The kind.</param>
/// <param name="Words">Options, an extension header or GRE's key, in 32-bit words.</param>
/// <param name="Checksum">Whether UDP or GRE has a checksum.</param>
public sealed record Layer(Part Part, int Words = 0, bool Checksum = false)
{
    public static Layer Parse(string text)
    {
        var parts = text.TrimEnd('!').Split('+');
        return new(
            Enum.Parse<Part>(parts[0]),
            parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0,
            text.EndsWith('!')
        );
    }

    public override string ToString() => $"{Part}{(Words > 0 ? $"+{Words}" : "")}{(Checksum ? "!" : "")}";
}

/// <summary>
/// Assembles frames layer by layer from the inside, with arithmetic of its own: a segment that the sender leaves to others to cut, and the frames
/// that the sender would have made itself.
/// </summary>
internal sealed class TunnelFrame(params Layer[] layers)
{
    private const byte Push = 8;
    private const byte Fin = 1;
    private const byte Reduced = 0x80;

    /// <summary>Flags of the whole segment, in the TCP header.</summary>
    public byte Flags { get; init; } = 0x10 | Push | Fin | Reduced;

    /// <summary>The description says that CWR was set for the first frame only.</summary>
    public bool SaysEcn { get; init; } = true;

    public Layer[] Layers => layers;

    public bool IsTcp => layers[^1].Part == Part.Tcp;

    /// <summary>Where the innermost transport header starts.</summary>
    public int Transport => Headers - LengthOf(layers.Length - 1);

    /// <summary>Bytes of all headers.</summary>
    public int Headers => Enumerable.Range(0, layers.Length).Sum(LengthOf);

    /// <summary>Parses the text of <see cref="ToString"/>.</summary>
    public static TunnelFrame Parse(string text) => new([.. text.Split(' ').Select(Layer.Parse)]);

    /// <summary>The segment as it arrives: lengths of the whole, checksums of transport headers without the bytes they cover.</summary>
    public byte[] Large(ReadOnlySpan<byte> payload) => Build(0, payload, default);

    /// <summary>The virtio-net header of the segment.</summary>
    public VirtioNetHdr Description(int gsoSize)
    {
        var isIp4 = layers.Last(l => l.Part is Part.Ip4 or Part.Ip6).Part == Part.Ip4;
        var type = (IsTcp, isIp4) switch
        {
            (true, true) => 1,
            (true, false) => 4,
            _ => 5,
        };
        return new VirtioNetHdr
        {
            Flags = 1,
            GsoType = (byte)(type | (IsTcp && SaysEcn ? 0x80 : 0)),
            HeaderLength = (ushort)Headers,
            GsoSize = (ushort)gsoSize,
            ChecksumStart = (ushort)Transport,
            ChecksumOffset = (ushort)(IsTcp ? 16 : 6),
        };
    }

    /// <summary>The complete frames of this description.</summary>
    public IEnumerable<byte[]> Frames(byte[] payload, int gsoSize)
    {
        for (var (done, index) = (0, 0); done < payload.Length || index == 0; done += gsoSize, index++)
        {
            var part = payload.AsSpan(done, Math.Min(gsoSize, payload.Length - done));
            yield return Build(0, part, new Place(true, index, done, done + part.Length == payload.Length));
        }
    }

    /// <summary>One's complement sum by the letter of RFC 1071.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes, int start = 0)
    {
        var sum = start;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)sum;
    }

    public override string ToString() => string.Join(' ', layers.Select(l => l.ToString()));

    private int LengthOf(int i) =>
        layers[i] switch
        {
            { Part: Part.Ethernet } => 14,
            { Part: Part.Tag or Part.Mpls } => 4,
            { Part: Part.Ip4 or Part.Tcp } l => 20 + 4 * l.Words,
            { Part: Part.Ip6 } l => 40 + 4 * l.Words,
            { Part: Part.Gre } l => 4 + (l.Checksum ? 4 : 0) + 4 * l.Words,
            { Part: Part.Geneve } l => 8 + 4 * l.Words,
            { Part: Part.Gue } l => 4 + 4 * l.Words,
            _ => 8,
        };

    private byte[] Build(int i, ReadOnlySpan<byte> payload, Place place)
    {
        if (i == layers.Length)
            return payload.ToArray();
        var rest = Build(i + 1, payload, place);
        var header = new byte[LengthOf(i)];
        byte[] all = [.. header, .. rest];
        var layer = layers[i];
        switch (layer.Part)
        {
            case Part.Ethernet:
                // The bytes could begin an IP header.
                new byte[] { 2, 0, 0x45, 0, 0, (byte)i, 2, 0x60, 0, 0, 0, (byte)(i + 1) }.CopyTo(all, 0);
                Word(all, 12, TypeAfter(i));
                break;
            case Part.Tag:
                Word(all, 0, 0x6007);
                Word(all, 2, TypeAfter(i));
                break;
            case Part.Ip4:
                all.AsSpan(20, 4 * layer.Words).Fill(1);
                all[0] = (byte)(0x45 + layer.Words);
                all[1] = 2;
                Word(all, 2, all.Length);
                Word(all, 4, 0xfffe + i + place.Index);
                all[8] = 64;
                all[9] = ProtocolAfter(i);
                Addresses(i).CopyTo(all, 12);
                Word(all, 10, ~Sum(all.AsSpan(0, header.Length)));
                break;
            case Part.Ip6:
                all[0] = 0x62;
                Word(all, 4, all.Length - 40);
                all[6] = layer.Words > 0 ? (byte)60 : ProtocolAfter(i);
                all[7] = 64;
                Addresses(i).CopyTo(all, 8);
                if (layer.Words > 0)
                {
                    all[40] = ProtocolAfter(i);
                    all[41] = (byte)((layer.Words / 2) - 1);
                }
                break;
            case Part.Udp:
                Word(all, 0, 0xc123);
                Word(all, 2, 4789);
                Word(all, 4, all.Length);
                if (i == layers.Length - 1 || layer.Checksum)
                    Transported(all, 6, i, 17, place);
                break;
            case Part.Tcp:
                all.AsSpan(20, 4 * layer.Words).Fill(1);
                Word(all, 0, 0xc123);
                Word(all, 2, 80);
                BinaryPrimitives.WriteUInt32BigEndian(all.AsSpan(4), unchecked((uint)(0xffff_fff0 + place.Done)));
                all[12] = (byte)((5 + layer.Words) << 4);
                all[13] = (byte)(
                    Flags & ~(place is { IsOne: true, IsLast: false } ? Push | Fin : 0) & ~(SaysEcn && place.Index > 0 ? Reduced : 0)
                );
                Transported(all, 16, i, 6, place);
                break;
            case Part.Gre:
                Word(all, 0, (layer.Checksum ? 0x8000 : 0) | (layer.Words > 0 ? 0x2000 : 0));
                Word(all, 2, TypeAfter(i));
                if (layer.Words > 0)
                    Word(all, header.Length - 4, 0x1234);
                if (layer.Checksum)
                    Word(all, 4, place.IsOne ? ~Sum(all) : 0xdead);
                break;
            case Part.Vxlan:
                all[0] = 8;
                all[5] = 42;
                break;
            case Part.Geneve:
                all[0] = (byte)layer.Words;
                Word(all, 2, TypeAfter(i));
                all.AsSpan(8, 4 * layer.Words).Fill(0x45);
                break;
            case Part.Gue:
                all[0] = (byte)layer.Words;
                all[1] = ProtocolAfter(i);
                break;
            case Part.Mpls:
                all[2] = (byte)(layers[i + 1].Part == Part.Mpls ? 0 : 1);
                all[3] = 64;
                break;
            default:
                Word(all, 0, 0x1100);
                Word(all, 4, all.Length - 6);
                Word(all, 6, layers[i + 1].Part == Part.Ip4 ? 0x21 : 0x57);
                break;
        }
        return all;
    }

    /// <summary>The checksum of UDP or TCP: complete, or the sum of the pseudo-header alone.</summary>
    private void Transported(byte[] all, int field, int i, int protocol, Place place)
    {
        var ip = Array.FindLastIndex(layers, i, l => l.Part is Part.Ip4 or Part.Ip6);
        var pseudo = Sum(Addresses(ip), protocol + all.Length);
        var complete = (ushort)~Sum(all, pseudo);
        Word(all, field, place.IsOne ? (complete == 0 && protocol == 17 ? 0xffff : complete) : pseudo);
    }

    private byte[] Addresses(int i)
    {
        var bytes = new byte[layers[i].Part == Part.Ip4 ? 8 : 32];
        new Random(i).NextBytes(bytes);
        return bytes;
    }

    private int TypeAfter(int i) =>
        layers[i + 1].Part switch
        {
            Part.Ethernet => 0x6558,
            Part.Tag => 0x8100,
            Part.Ip4 => 0x0800,
            Part.Ip6 => 0x86dd,
            Part.Mpls => 0x8847,
            _ => 0x8864,
        };

    private byte ProtocolAfter(int i) =>
        layers[i + 1].Part switch
        {
            Part.Ip4 => 4,
            Part.Ip6 => 41,
            Part.Udp => 17,
            Part.Gre => 47,
            Part.Mpls => 137,
            _ => 6,
        };

    private static void Word(byte[] bytes, int at, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), unchecked((ushort)value));

    /// <summary>One frame's place in the segment; all zero for the segment itself.</summary>
    private readonly record struct Place(bool IsOne, int Index, int Done, bool IsLast);
}

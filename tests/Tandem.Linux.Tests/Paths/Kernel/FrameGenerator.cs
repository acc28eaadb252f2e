using System.Buffers.Binary;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>Generates frames of all kinds that a policy distinguishes: well formed, odd, damaged and truncated; reproducible by seed.</summary>
internal sealed class FrameGenerator(int seed)
{
    private static readonly ushort[] Types =
    [
        0x0800,
        0x86dd,
        0x0800,
        0x86dd,
        0x0806,
        0x8035,
        0x8847,
        0x8848,
        0x8864,
        0x880b,
        0x88f7,
        0x8906,
        0x8100,
        0x88a8,
        0x88cc,
        0x6558,
        0x0021,
    ];
    private static readonly byte[] Protocols = [6, 17, 1, 58, 2, 4, 41, 47, 47, 50, 51, 33, 132, 136, 137, 0, 43, 44, 60, 59, 89];
    private readonly Random _random = new(seed);
    private readonly List<byte> _frame = [];

    /// <summary>The next frame.</summary>
    public byte[] Next()
    {
        _frame.Clear();
        Random(12);
        for (
            var tags = _random.Next(8) switch
            {
                0 => 2,
                1 or 2 => 1,
                _ => 0,
            };
            tags > 0;
            tags--
        )
        {
            Word(_random.Next(2) == 0 ? 0x8100 : 0x88a8);
            Random(2);
        }
        Network(Pick(Types), depth: 0);
        var frame = _frame.ToArray();
        if (_random.Next(8) == 0)
            frame[_random.Next(frame.Length)] = (byte)_random.Next(256);
        var length = _random.Next(4) == 0 ? _random.Next(ProgramRun.ShortestFrame, frame.Length + 1) : frame.Length;
        return frame[..length];
    }

    private void Network(ushort type, int depth)
    {
        Word(type);
        Payload(type, depth);
    }

    private void Payload(ushort type, int depth)
    {
        switch (type)
        {
            case 0x0800:
                Ip4(depth);
                break;
            case 0x86dd:
                Ip6(depth);
                break;
            case 0x8100 or 0x88a8:
                Random(2);
                Network(Pick(Types), depth + 1);
                break;
            case 0x8864:
                Pppoe(depth);
                break;
            default:
                Random(_random.Next(60));
                break;
        }
    }

    private void Ip4(int depth)
    {
        var options = _random.Next(4) == 0 ? _random.Next(11) : 0;
        _frame.Add((byte)(0x40 | (_random.Next(40) == 0 ? _random.Next(16) : 5 + options)));
        Random(5);
        Word(_random.Next(6) == 0 ? _random.Next(0x4000) : _random.Next(2) * 0x4000);
        _frame.Add(64);
        var protocol = Pick(Protocols);
        _frame.Add(protocol);
        Random(2 + 8 + 4 * options);
        Transport(protocol, depth);
    }

    private void Ip6(int depth)
    {
        _frame.Add(0x60);
        Random(5);
        var protocol = Pick(Protocols);
        _frame.Add(protocol);
        Random(1 + 32);
        Transport(protocol, depth);
    }

    private void Transport(byte protocol, int depth)
    {
        if (depth > 6)
            return;
        switch (protocol)
        {
            case 4:
                Ip4(depth + 1);
                break;
            case 41:
                Ip6(depth + 1);
                break;
            case 0 or 43 or 60:
                Extension(depth);
                break;
            case 44:
                _frame.Add(Pick(Protocols));
                Random(7 + _random.Next(12));
                break;
            case 47:
                Gre(depth);
                break;
            case 1 or 58:
                Icmp(depth);
                break;
            case 17 when _random.Next(3) == 0:
                Vxlan(depth);
                break;
            default:
                Random(_random.Next(24));
                break;
        }
    }

    private void Extension(int depth)
    {
        var next = Pick(Protocols);
        var length = _random.Next(20) == 0 ? 255 : _random.Next(3);
        _frame.Add(next);
        _frame.Add((byte)length);
        Random(6 + 8 * Math.Min(length, 4));
        Transport(next, depth + 1);
    }

    private void Gre(int depth)
    {
        var flags = _random.Next(4) == 0 ? _random.Next(0x10000) : _random.Next(16) << 12 & 0xb000;
        var type = _random.Next(3) switch
        {
            0 => (ushort)0x6558,
            1 => (ushort)0x880b,
            _ => Pick(Types),
        };
        if (type == 0x880b && _random.Next(4) > 0)
            flags = 0x2001 | _random.Next(2) << 12 | _random.Next(2) << 7;
        Word(flags);
        Word(type);
        Random(((flags >> 15 & 1) + (flags >> 13 & 1) + (flags >> 12 & 1) + ((flags & 7) == 1 ? flags >> 7 & 1 : 0)) * 4);
        if (type == 0x880b)
        {
            Random(2);
            var ip4 = _random.Next(2) == 0;
            Word(
                _random.Next(6) == 0 ? _random.Next(0x10000)
                : ip4 ? 0x0021
                : 0x0057
            );
            Payload(ip4 ? (ushort)0x0800 : (ushort)0x86dd, depth + 1);
        }
        else if (type == 0x6558)
        {
            Random(12);
            Network(Pick(Types), depth + 1);
        }
        else
        {
            Payload(type, depth + 1);
        }
    }

    private void Pppoe(int depth)
    {
        Word(_random.Next(8) == 0 ? _random.Next(0x10000) : 0x1100);
        Random(4);
        switch (_random.Next(6))
        {
            case 0:
                // Compressed to one byte.
                _frame.Add(0x21);
                Ip4(depth + 1);
                break;
            case 1:
                Random(2 + _random.Next(20));
                break;
            case 2:
                Word(0x0281);
                Random(8);
                break;
            case 3:
                Word(0x0057);
                Ip6(depth + 1);
                break;
            default:
                Word(0x0021);
                Ip4(depth + 1);
                break;
        }
    }

    private void Icmp(int depth)
    {
        _frame.Add((byte)(_random.Next(3) == 0 ? _random.Next(256) : _random.Next(16)));
        Random(3);
        Word(_random.Next(4) == 0 ? 0 : _random.Next(0x10000));
        Random(2);
        if (_random.Next(2) == 0)
            Ip4(depth + 1);
        else
            Ip6(depth + 1);
    }

    private void Vxlan(int depth)
    {
        Random(2);
        Word(4789);
        Random(4 + 8 + 12);
        Network(Pick(Types), depth + 1);
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private void Word(int value)
    {
        Span<byte> word = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(word, (ushort)value);
        _frame.AddRange(word);
    }

    private void Random(int count)
    {
        for (var i = 0; i < count; i++)
            _frame.Add((byte)_random.Next(256));
    }
}

using System.Buffers.Binary;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Pacing;
using Tandem.Core.Packets;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The control frames of one member on their way from the thread that receives them to the one that owns the brain. Room and rate are
/// fixed by class, so that a member that is flooded takes no memory, and little time, from others, and one class nothing from another.
/// Where more wait than there is room for, the last LACPDU is kept: it says how things are now. Nothing here allocates, or waits for more
/// than a copy.
/// </summary>
internal sealed class ControlFrames
{
    /// <summary>Frames that may wait: the room of the class that has most.</summary>
    public const int Capacity = 56;

    /// <summary>What is kept of a frame: all of one in an Ethernet of the usual MTU.</summary>
    public const int FrameLength = EthernetHeader.Length + 1500;

    private readonly byte[] _frames = new byte[Capacity * FrameLength];
    private readonly int[] _lengths = new int[Capacity];
    private readonly TokenBucket[] _rates = new TokenBucket[ControlClass.All.Length];

    // The last of those for which there was no room; behind all in the ring, so nothing enters the ring while it waits.
    private readonly Lock _lastGate = new();
    private readonly byte[] _last = new byte[FrameLength];
    private int _lastLength;

    // Each is written by one thread: the receiver puts, the owner of the brain takes.
    private uint _put;
    private uint _taken;
    private ulong _excess;

    /// <summary>Frames that were dropped because there were too many.</summary>
    public ulong Excess => Volatile.Read(ref _excess);

    /// <summary>Receiver: puts a frame in, or counts it as one too many and says false. What is beyond <see cref="FrameLength"/> is cut off.</summary>
    /// <param name="ofClass">Its class.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="tag">The outermost tag, if it was taken off: the owner gets the frame with it.</param>
    public bool TryPut(ControlClass ofClass, ReadOnlySpan<byte> frame, long now, FrameTag? tag = null)
    {
        var waiting = (int)(_put - Volatile.Read(ref _taken));
        var isFull = waiting >= ofClass.Room || Volatile.Read(ref _lastLength) > 0;
        var hasRoom = ofClass.KeepsLast || !isFull;
        if (!hasRoom || !_rates[ofClass.Index].Take(now, ofClass.Room, ofClass.Interval))
        {
            Volatile.Write(ref _excess, _excess + 1);
            return false;
        }
        if (isFull)
        {
            PutLast(frame);
            return true;
        }
        var place = (int)(_put % Capacity);
        _lengths[place] = Copy(frame, tag, _frames.AsSpan(place * FrameLength, FrameLength));
        Volatile.Write(ref _put, _put + 1);
        return true;
    }

    /// <summary>Owner of the brain: takes the oldest frame out; its length, 0 if none waits.</summary>
    public int Take(Span<byte> frame)
    {
        if (_taken == Volatile.Read(ref _put))
            return TakeLast(frame);
        var place = (int)(_taken % Capacity);
        var length = _lengths[place];
        _frames.AsSpan(place * FrameLength, length).CopyTo(frame);
        Volatile.Write(ref _taken, _taken + 1);
        return length;
    }

    private void PutLast(ReadOnlySpan<byte> frame)
    {
        lock (_lastGate)
        {
            if (_lastLength > 0)
                Volatile.Write(ref _excess, _excess + 1);
            var length = Math.Min(frame.Length, FrameLength);
            frame[..length].CopyTo(_last);
            Volatile.Write(ref _lastLength, length);
        }
    }

    private int TakeLast(Span<byte> frame)
    {
        if (Volatile.Read(ref _lastLength) == 0)
            return 0;
        lock (_lastGate)
        {
            var length = _lastLength;
            _last.AsSpan(0, length).CopyTo(frame);
            Volatile.Write(ref _lastLength, 0);
            return length;
        }
    }

    private static int Copy(ReadOnlySpan<byte> frame, FrameTag? tag, Span<byte> place)
    {
        if (tag is not { } present || frame.Length < EthernetHeader.Length)
        {
            var whole = Math.Min(frame.Length, place.Length);
            frame[..whole].CopyTo(place);
            return whole;
        }
        const int Addresses = 2 * MacAddress.Length;
        frame[..Addresses].CopyTo(place);
        BinaryPrimitives.WriteUInt16BigEndian(place[Addresses..], present.Protocol);
        BinaryPrimitives.WriteUInt16BigEndian(place[(Addresses + sizeof(ushort))..], present.VlanId);
        var behind = place[(Addresses + EthernetHeader.TagLength)..];
        var rest = Math.Min(frame.Length - Addresses, behind.Length);
        frame.Slice(Addresses, rest).CopyTo(behind);
        return Addresses + EthernetHeader.TagLength + rest;
    }
}

using System.Buffers.Binary;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Pacing;
using Tandem.Core.Packets;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// Queue of one member's control frames, from the receiving thread to the brain's thread. Space and rate are limited per class, so that a
/// flooded member takes no memory and little time from others, and a class none from another class. When the queue is full, the latest
/// LACPDU is still stored, since it has the current state. No allocation; blocks for one copy at most.
/// </summary>
internal sealed class ControlFrames
{
    /// <summary>Frames that can wait: the limit of the largest class.</summary>
    public const int Capacity = 56;

    /// <summary>The stored length of a frame, in bytes: a whole frame at the usual MTU of Ethernet.</summary>
    public const int FrameLength = EthernetHeader.Length + 1500;

    private readonly byte[] _frames = new byte[Capacity * FrameLength];
    private readonly int[] _lengths = new int[Capacity];
    private readonly TokenBucket[] _rates = new TokenBucket[ControlClass.All.Length];

    // The latest LACPDU that found the queue full. It comes after all queued frames, so nothing is queued while it waits.
    private readonly Lock _lastGate = new();
    private readonly byte[] _last = new byte[FrameLength];
    private int _lastLength;

    // Each has one writer: the receiver for put, the brain's thread for taken.
    private uint _put;
    private uint _taken;
    private ulong _excess;

    /// <summary>Frames dropped because the limit was reached.</summary>
    public ulong Excess => Volatile.Read(ref _excess);

    /// <summary>Receiver: queues a frame, or counts it in <see cref="Excess"/> and returns false. Bytes beyond <see cref="FrameLength"/>
    /// are cut off.</summary>
    /// <param name="ofClass">Its class.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="tag">The outermost VLAN tag, if the kernel removed it: it is put back into the queued frame.</param>
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

    /// <summary>Brain's thread: takes the oldest frame; returns its length, 0 if none waits.</summary>
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

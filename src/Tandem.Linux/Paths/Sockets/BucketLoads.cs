using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>Bytes of balanced frames per bucket. Written by the host-to-members thread alone.</summary>
internal sealed class BucketLoads
{
    // The last entry counts frames in no bucket.
    private readonly ulong[] _bytes = new ulong[BucketRule.Size + 1];
    private ulong _toldAll;

    /// <summary>ARP requests that told all peers an address.</summary>
    public ulong ToldAll => Volatile.Read(ref _toldAll);

    /// <summary>Counts a frame.</summary>
    public void Count(in BucketChoice choice, int length)
    {
        Volatile.Write(ref _bytes[choice.Bucket], _bytes[choice.Bucket] + (ulong)length);
        if (choice.TellsAll)
            Volatile.Write(ref _toldAll, _toldAll + 1);
    }

    /// <summary>Adds the bytes of each bucket.</summary>
    public void AddTo(Span<ulong> bytes)
    {
        for (var bucket = 0; bucket < _bytes.Length; bucket++)
            bytes[bucket] += Volatile.Read(ref _bytes[bucket]);
    }
}

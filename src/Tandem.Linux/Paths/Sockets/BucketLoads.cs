using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>What the host-to-members thread, which alone writes it, counted of balanced frames.</summary>
internal sealed class BucketLoads
{
    // Behind the buckets what is in none.
    private readonly ulong[] _bytes = new ulong[BucketRule.Size + 1];
    private ulong _toldAll;

    /// <summary>ARP requests that told all hosts an address.</summary>
    public ulong ToldAll => Volatile.Read(ref _toldAll);

    /// <summary>Counts a frame.</summary>
    public void Count(in BucketChoice choice, int length)
    {
        Volatile.Write(ref _bytes[choice.Bucket], _bytes[choice.Bucket] + (ulong)length);
        if (choice.TellsAll)
            Volatile.Write(ref _toldAll, _toldAll + 1);
    }

    /// <summary>Adds what was counted.</summary>
    public void AddTo(Span<ulong> bytes)
    {
        for (var bucket = 0; bucket < _bytes.Length; bucket++)
            bytes[bucket] += Volatile.Read(ref _bytes[bucket]);
    }
}

using Tandem.Core.Forwarding;

namespace Tandem.Linux.Data;

/// <summary>What the host-to-members thread, which alone writes it, counted of balanced frames.</summary>
internal sealed class BucketLoads
{
    private readonly ulong[] _bytes = new ulong[BucketRule.Size];
    private ulong _toldAll;

    /// <summary>ARP requests that told all hosts an address.</summary>
    public ulong ToldAll => Volatile.Read(ref _toldAll);

    /// <summary>Counts a frame.</summary>
    public void Count(in BucketChoice choice, int length)
    {
        if (choice.Bucket != BucketChoice.None)
            Volatile.Write(ref _bytes[choice.Bucket], _bytes[choice.Bucket] + (ulong)length);
        if (choice.TellsAll)
            Volatile.Write(ref _toldAll, _toldAll + 1);
    }

    /// <summary>Adds what was counted by bucket.</summary>
    public void AddTo(Span<ulong> bytes)
    {
        for (var bucket = 0; bucket < BucketRule.Size; bucket++)
            bytes[bucket] += Volatile.Read(ref _bytes[bucket]);
    }
}

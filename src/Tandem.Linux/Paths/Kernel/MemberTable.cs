namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The table that tells tandem_rx the slot of the interface by which a frame came (bpf/plan.h). A program may read while one thread
/// writes: each place is one word, so that it sees a member whole or not at all.
/// </summary>
/// <param name="places">The places, as many as <see cref="Places"/>.</param>
internal readonly ref struct MemberTable(Span<ulong> places)
{
    /// <summary>MEMBER_PLACES: twice as many as there can be members, so a free one is always found, and soon.</summary>
    public const int Places = 128;

    private const ulong Unused = 0;
    private const ulong Left = uint.MaxValue;

    private readonly Span<ulong> _places = places;

    /// <summary>Gives an interface a slot, or another one than it had.</summary>
    public void Set(int ifindex, int slot)
    {
        var place = Find(ifindex);
        if (place < 0)
            place = Free(ifindex);
        Volatile.Write(ref _places[place], ((ulong)slot << 32) | (uint)ifindex);
    }

    /// <summary>Forgets an interface. The place stays marked, for members that had to go past it are found behind.</summary>
    public void Remove(int ifindex)
    {
        if (Find(ifindex) is var place and >= 0)
            Volatile.Write(ref _places[place], Left);
    }

    private int Find(int ifindex)
    {
        for (var i = 0; i < Places; i++)
        {
            var place = Place(ifindex, i);
            if (_places[place] == Unused)
                break;
            if ((uint)_places[place] == (uint)ifindex)
                return place;
        }
        return -1;
    }

    private int Free(int ifindex)
    {
        for (var i = 0; i < Places; i++)
        {
            var place = Place(ifindex, i);
            if (_places[place] is Unused or Left)
                return place;
        }
        throw new InvalidOperationException("a bond has more members than it can have");
    }

    private static int Place(int ifindex, int step) => (int)((uint)(ifindex + step) % Places);
}

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The table by which tandem_rx finds the slot of the interface on which a frame arrived (bpf/plan.h). Programs read while one thread
/// writes: each entry is one word, so a program reads an entry whole or not at all.
/// </summary>
/// <param name="places">The entries, <see cref="Places"/> in number.</param>
internal readonly ref struct MemberTable(Span<ulong> places)
{
    /// <summary>MEMBER_PLACES: twice the maximum number of members, so a free entry is found after few steps.</summary>
    public const int Places = 128;

    private const ulong Unused = 0;
    private const ulong Left = uint.MaxValue;

    private readonly Span<ulong> _places = places;

    /// <summary>Sets or changes the slot of an interface.</summary>
    public void Set(int ifindex, int slot)
    {
        var place = Find(ifindex);
        if (place < 0)
            place = Free(ifindex);
        Volatile.Write(ref _places[place], ((ulong)slot << 32) | (uint)ifindex);
    }

    /// <summary>Removes an interface. The entry stays marked as used, so that members stored behind it are still found.</summary>
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

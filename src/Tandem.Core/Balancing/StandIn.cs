using System.Collections.Immutable;
using Tandem.Core.Bonds;

namespace Tandem.Core.Balancing;

/// <summary>
/// Lets the active member take frames for addresses of members that cannot carry any, until all peers know the new addresses. The member
/// becomes promiscuous, since network cards drop frames for other addresses.
/// </summary>
internal sealed class StandIn(Bond bond)
{
    // The driver's value.
    private const long Lasts = 10 * Clock.Second;

    private Member? _member;

    /// <summary>When the stand-in ends, in monotonic ns; <see cref="Clock.Never"/> if there is none.</summary>
    public long Ends { get; private set; } = Clock.Never;

    /// <summary>The addresses of lost members.</summary>
    public ImmutableHashSet<MacAddress> Addresses { get; private set; } = [];

    /// <summary>Takes over the addresses from the previous service. The next plan delivers them.</summary>
    public void Restore(IEnumerable<MacAddress> addresses, long ends, long now)
    {
        Addresses = [.. addresses];
        Ends = Addresses.IsEmpty ? Clock.Never : Math.Min(ends, now + Lasts);
    }

    /// <summary>Adds an address that no member uses any more. The next plan delivers it.</summary>
    public void Add(MacAddress address, long now) => (Addresses, Ends) = (Addresses.Add(address), now + Lasts);

    /// <summary>Removes an address that a member uses again.</summary>
    public void Remove(MacAddress address) => Addresses = Addresses.Remove(address);

    /// <summary>Forgets a member that left; its interface is restored on release.</summary>
    public void Left(Member member)
    {
        if (_member == member)
            _member = null;
    }

    /// <summary>Makes a member promiscuous if there are addresses, and the previous one not; null for no member. True if the member
    /// changed.</summary>
    public bool Choose(Member? member)
    {
        if (Addresses.IsEmpty)
            member = null;
        if (member == _member)
            return false;
        if (_member is not null)
            bond.LetHearAll(_member, HearsAll.ForOthers, false);
        if (member is not null)
            bond.LetHearAll(member, HearsAll.ForOthers, true);
        _member = member;
        return member is not null;
    }

    /// <summary>Ends the stand-in when its time is over.</summary>
    public void LetTimePass(long now)
    {
        if (now >= Ends)
            End();
    }

    /// <summary>Ends the stand-in now.</summary>
    public void End()
    {
        (Addresses, Ends) = ([], Clock.Never);
        Choose(null);
    }
}

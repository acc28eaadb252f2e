using System.Collections.Immutable;

namespace Tandem.Core.Balancing;

/// <summary>
/// The member that takes frames for addresses of others that cannot carry any, for as long as it may take until all peers know of it. Network
/// cards drop frames for an address that they do not have, unless they are told otherwise.
/// </summary>
internal sealed class StandIn(IBondHost host)
{
    // The driver's.
    private const long Lasts = 10 * Clock.Second;

    private Member? _member;

    /// <summary>When it ends; <see cref="Clock.Never"/> if there is none.</summary>
    public long Ends { get; private set; } = Clock.Never;

    /// <summary>The addresses.</summary>
    public ImmutableHashSet<MacAddress> Addresses { get; private set; } = [];

    /// <summary>Takes in the addresses of an earlier process; they are delivered from the next plan on.</summary>
    public void Restore(IEnumerable<MacAddress> addresses, long ends, long now)
    {
        Addresses = [.. addresses];
        Ends = Addresses.IsEmpty ? Clock.Never : Math.Min(ends, now + Lasts);
    }

    /// <summary>Takes in that nobody takes frames for an address; they are delivered from the next plan on.</summary>
    public void Add(MacAddress address, long now) => (Addresses, Ends) = (Addresses.Add(address), now + Lasts);

    /// <summary>Takes in that a member takes frames for the address again.</summary>
    public void Remove(MacAddress address) => Addresses = Addresses.Remove(address);

    /// <summary>Takes in that an interface is no member any more: what it was made to take ends with that.</summary>
    public void Left(Member member)
    {
        if (_member == member)
            _member = null;
    }

    /// <summary>Has a member take the frames, if there are addresses; null for nobody. Says whether it is another than before.</summary>
    public bool Choose(Member? member)
    {
        if (Addresses.IsEmpty)
            member = null;
        if (member == _member)
            return false;
        if (_member is not null)
            host.HearAll(_member.Ifindex, false);
        if (member is not null)
            host.HearAll(member.Ifindex, true);
        _member = member;
        return member is not null;
    }

    /// <summary>Ends it in time.</summary>
    public void LetTimePass(long now)
    {
        if (now >= Ends)
            End();
    }

    /// <summary>Ends it now.</summary>
    public void End()
    {
        (Addresses, Ends) = ([], Clock.Never);
        Choose(null);
    }
}

using Tandem.Core.Bonds;

namespace Tandem.Core.Balancing;

/// <summary>
/// The source address of each member's frames. Addresses are unique, and the active member has the bond's. The member that had the bond's
/// address before gets the active member's in exchange.
/// </summary>
internal sealed class SourceAddresses
{
    private readonly Dictionary<Member, MacAddress> _addresses = [];

    /// <summary>All addresses.</summary>
    public IEnumerable<MacAddress> All => _addresses.Values;

    /// <summary>A member's address.</summary>
    public MacAddress this[Member member] => _addresses[member];

    /// <summary>Whether any member has the address.</summary>
    public bool Has(MacAddress address) => _addresses.ContainsValue(address);

    /// <summary>Adds a member. If another member has the address, a locally administered one is derived from it.</summary>
    public void Join(Member member, MacAddress address) =>
        _addresses[member] = Has(address) ? MacAddress.LocallyAdministered(address.Value ^ ((ulong)member.Ifindex << 8) ^ 1) : address;

    /// <summary>
    /// Removes a member. If another member uses the interface's own address, that member gets the removed member's in exchange; not if it
    /// is the bond's address.
    /// </summary>
    public void Leave(Member member, MacAddress bond)
    {
        if (member.PermanentAddress != bond && Holder(member.PermanentAddress) is { } holder && holder != member)
            _addresses[holder] = _addresses[member];
        _addresses.Remove(member);
    }

    /// <summary>Gives the bond's address to the active member. Returns the member that had it before; null if none did.</summary>
    public Member? GiveBonds(Member active, MacAddress bond)
    {
        if (_addresses[active] == bond)
            return null;
        var holder = Holder(bond);
        if (holder is not null)
            _addresses[holder] = _addresses[active];
        _addresses[active] = bond;
        return holder;
    }

    private Member? Holder(MacAddress address) => _addresses.FirstOrDefault(entry => entry.Value == address).Key;
}

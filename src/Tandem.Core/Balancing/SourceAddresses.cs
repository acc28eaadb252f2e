namespace Tandem.Core.Balancing;

/// <summary>
/// With which address each member sends. Each has exactly one that no other has, and the active member has the bond's; who had that before
/// gets the other's for it.
/// </summary>
internal sealed class SourceAddresses
{
    private readonly Dictionary<Member, MacAddress> _addresses = [];

    /// <summary>All addresses.</summary>
    public IEnumerable<MacAddress> All => _addresses.Values;

    /// <summary>The address of a member.</summary>
    public MacAddress this[Member member] => _addresses[member];

    /// <summary>Whether a member has the address.</summary>
    public bool Has(MacAddress address) => _addresses.ContainsValue(address);

    /// <summary>Gives a new member an address; if another has it, one that is made of it.</summary>
    public void Join(Member member, MacAddress address) =>
        _addresses[member] = Has(address) ? MacAddress.LocallyAdministered(address.Value ^ ((ulong)member.Ifindex << 8) ^ 1) : address;

    /// <summary>
    /// Takes a member's address away. Who sends with the address that the interface had before it joined gets the other for it, unless that is
    /// the bond's.
    /// </summary>
    public void Leave(Member member, MacAddress bond)
    {
        if (member.PermanentAddress != bond && Holder(member.PermanentAddress) is { } holder && holder != member)
            _addresses[holder] = _addresses[member];
        _addresses.Remove(member);
    }

    /// <summary>Gives the bond's address to the active member; says who had it before, if another did.</summary>
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

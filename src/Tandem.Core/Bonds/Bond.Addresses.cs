using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// MAC addresses and MTU of the bond and of its members.
public sealed partial class Bond
{
    // The active member while it is promiscuous, because its interface refused the bond's address (fail_over_mac follow).
    private Member? _hearingAll;

    /// <summary>
    /// Sets the bond's address, and that of members that share it. With fail_over_mac active or follow the address belongs to the active
    /// member and stays, as with the driver.
    /// </summary>
    public OptionError? SetAddress(long now, MacAddress address) => SetAddress(now, address, address);

    /// <summary>Undoes <see cref="SetAddress(long, MacAddress)"/>.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="address">The address that the bond had.</param>
    /// <param name="user">The address that counted as the user's; null if none did.</param>
    public OptionError? UndoAddress(long now, MacAddress address, MacAddress? user) => SetAddress(now, address, user);

    private OptionError? SetAddress(long now, MacAddress address, MacAddress? user)
    {
        if (!address.IsValidUnicast)
            return new OptionError(
                OptionErrorKind.Range,
                $"address {address}",
                "not a unicast address",
                "accepted: a unicast address other than zero"
            );
        if (Options.FailOverMac != FailOverMac.None && _members.Count > 0)
        {
            // A user may have changed the device already; set it back.
            UserAddress = user;
            Host.SetBondAddress(Address);
            if (user is not null)
                Report(
                    now,
                    EventKind.Notice,
                    null,
                    $"address {Address} kept: fail_over_mac ties it to the active member; {address} is for a bond without members"
                );
            PassOnReports();
            return null;
        }
        // Where members have their own addresses, the active one gets the bond's address afterwards.
        var sharing = SharesAddress ? _members : [];
        var failure = ChangeAll(
            sharing,
            member => Host.SetMemberAddress(member.Ifindex, address),
            member => Check(Host.SetMemberAddress(member.Ifindex, member.Address), member, now)
        );
        if (failure is null && Host.SetBondAddress(address) is { IsOk: false } refused)
        {
            foreach (var member in sharing)
                Check(Host.SetMemberAddress(member.Ifindex, member.Address), member, now);
            failure = refused.Problem;
        }
        if (failure is not null)
        {
            Check(Host.SetBondAddress(Address), null, now);
            PassOnReports();
            return new OptionError(OptionErrorKind.Device, $"address {address}", failure);
        }
        UserAddress = user;
        foreach (var member in sharing)
        {
            member.Address = address;
            HasAddress(member, now);
            member.Upkeep.Address.Reset();
        }
        TakeAddress(address, user == address ? "set by a user" : "as before", now);
        Mode.BondAddressChanged();
        Settle(now);
        return null;
    }

    /// <summary>Sets the MTU of the bond and of all members, in bytes. All or none.</summary>
    public OptionError? SetMtu(long now, int mtu)
    {
        if (mtu == Mtu)
            return null;
        var failure =
            FirstProblem(member => Host.TakesMtu(member.Ifindex, mtu))
            ?? ChangeAll(
                _members,
                member => Host.SetMemberMtu(member.Ifindex, mtu),
                member => Check(Host.SetMemberMtu(member.Ifindex, Mtu), member, now)
            );
        if (failure is null && Host.SetBondMtu(mtu) is { IsOk: false } refused)
        {
            foreach (var member in _members)
                Check(Host.SetMemberMtu(member.Ifindex, Mtu), member, now);
            failure = refused.Problem;
        }
        if (failure is not null)
        {
            Check(Host.SetBondMtu(Mtu), null, now);
            PassOnReports();
            return new OptionError(OptionErrorKind.Device, $"mtu {mtu}", failure);
        }
        Report(now, EventKind.OptionsChanged, null, $"mtu {Mtu} is now {mtu}");
        Mtu = mtu;
        foreach (var member in _members)
        {
            member.Upkeep.Mtu.Reset();
            member.Upkeep.LargerMtu = 0;
        }
        PassOnReports();
        return null;
    }

    private string? FirstProblem(Func<Member, HostResult> look) =>
        _members.Select(member => (member.Name, look(member).Problem)).FirstOrDefault(found => found.Problem is not null)
            is (var name, { } problem)
            ? $"{name}: {problem}"
            : null;

    // Changes one member after the other; if one refuses, changes the earlier ones back. Returns the reason, or null.
    private static string? ChangeAll(List<Member> members, Func<Member, HostResult> change, Action<Member> undo)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var result = change(members[i]);
            if (result.IsOk)
                continue;
            foreach (var changed in members.Take(i))
                undo(changed);
            return $"{members[i].Name}: {result.Problem}";
        }
        return null;
    }

    private bool SharesAddress => Options.FailOverMac == FailOverMac.None && Mode.SharesAddress;

    // Applies fail_over_mac when the active member changes.
    private void MoveAddress(Member? previous, Member? next, long now)
    {
        if (next is null)
            return;
        switch (Options.FailOverMac)
        {
            case FailOverMac.Active when next.Address != Address:
                if (Check(Host.SetBondAddress(next.Address), null, now))
                    TakeAddress(next.Address, $"that of {next.Name}, the active member (fail_over_mac active)", now);
                break;
            case FailOverMac.Follow when next.Address != Address:
                var holder = previous?.Address == Address ? previous : _members.Find(member => member.Address == Address);
                // A member that refuses the bond's address becomes promiscuous: its card would drop the bond's frames.
                HearAllBy(Exchange(holder, next, now) ? null : next);
                break;
            case FailOverMac.Follow:
                HearAllBy(null);
                break;
        }
    }

    private void HearAllBy(Member? member)
    {
        if (member == _hearingAll)
            return;
        if (_hearingAll is { } before && _members.Contains(before))
            LetHearAll(before, HearsAll.ForBondAddress, false);
        if (member is not null)
            LetHearAll(member, HearsAll.ForBondAddress, true);
        _hearingAll = member;
    }

    // Swaps the bond's address and that of the next active member. Both or neither: with the same address on two members, the switch
    // would send frames of one to the other.
    private bool Exchange(Member? holder, Member next, long now)
    {
        if (holder is not null && !GiveAddress(holder, next.Address, now))
            return false;
        var isDone = GiveAddress(next, Address, now);
        if (!isDone && holder is not null)
            GiveAddress(holder, Address, now);
        return isDone;
    }

    /// <summary>Sets a member's address. If the interface refuses, reports it and returns false.</summary>
    internal bool GiveAddress(Member member, MacAddress address, long now, bool mayGoDown = true)
    {
        var isGiven = Check(Host.SetMemberAddress(member.Ifindex, address, mayGoDown), member, now);
        if (isGiven)
        {
            member.Address = address;
            HasAddress(member, now);
        }
        return isGiven;
    }

    // Gives a bond without members its home address: the one set by a user, or the device's own.
    private void ReturnAddress(long now)
    {
        var home = UserAddress ?? _ownAddress;
        if (home != Address && Check(Host.SetBondAddress(home), null, now))
            TakeAddress(home, $"{(UserAddress is null ? "its own" : "set by a user")}, it has no members", now);
    }

    private void TakeAddress(MacAddress address, string why, long now)
    {
        if (address == Address)
            return;
        Address = address;
        Report(now, EventKind.AddressChanged, null, $"address {address}: {why}");
    }

    private bool Check(HostResult result, Member? member, long now)
    {
        if (!result.IsOk)
            Report(now, EventKind.Fault, member, result.Problem!);
        return result.IsOk;
    }
}

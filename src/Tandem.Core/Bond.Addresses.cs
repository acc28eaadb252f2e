using Tandem.Core.Options;

namespace Tandem.Core;

// MAC addresses and MTU: the bond's, the members', and who has whose.
public sealed partial class Bond
{
    // The active member, if it could not get the bond's address (fail_over_mac follow).
    private Member? _hearingAll;

    /// <summary>
    /// Gives the bond another address, and with it the members that share it. Under fail_over_mac active and follow the address belongs to
    /// the active member, and the bond keeps it: the driver's behaviour.
    /// </summary>
    public OptionError? SetAddress(long now, MacAddress address)
    {
        if (!address.IsValidUnicast)
            return new OptionError(
                OptionErrorKind.Range,
                $"address {address}",
                "not the address of a station",
                "accepted: a unicast address other than zero"
            );
        if (Options.FailOverMac != FailOverMac.None && _members.Count > 0)
        {
            // The device may have been changed behind our back already.
            UserAddress = address;
            Host.SetBondAddress(Address);
            Report(
                now,
                EventKind.Notice,
                null,
                $"address {Address} kept: fail_over_mac ties it to the active member; {address} is for a bond without members"
            );
            PassOnReports();
            return null;
        }
        // Where members have addresses of their own, the active one gets the bond's when that has changed.
        var sharing = SharesAddress ? _members : [];
        var failure = ChangeAll(
            sharing,
            member => Host.SetMemberAddress(member.Ifindex, address),
            member => Host.SetMemberAddress(member.Ifindex, member.Address)
        );
        if (failure is null && Host.SetBondAddress(address) is { IsOk: false } refused)
        {
            foreach (var member in sharing)
                Host.SetMemberAddress(member.Ifindex, member.Address);
            failure = refused.Problem;
        }
        if (failure is not null)
        {
            Host.SetBondAddress(Address);
            return new OptionError(OptionErrorKind.Device, $"address {address}", failure);
        }
        UserAddress = address;
        foreach (var member in sharing)
            member.Address = address;
        TakeAddress(address, "set by a user", now);
        Mode.BondAddressChanged();
        Settle(now);
        return null;
    }

    /// <summary>Gives bond and members another MTU, in bytes; all or none.</summary>
    public OptionError? SetMtu(long now, int mtu)
    {
        if (mtu == Mtu)
            return null;
        var failure =
            FirstProblem(member => Host.TakesMtu(member.Ifindex, mtu))
            ?? ChangeAll(_members, member => Host.SetMemberMtu(member.Ifindex, mtu), member => Host.SetMemberMtu(member.Ifindex, Mtu));
        if (failure is null && Host.SetBondMtu(mtu) is { IsOk: false } refused)
        {
            foreach (var member in _members)
                Host.SetMemberMtu(member.Ifindex, Mtu);
            failure = refused.Problem;
        }
        if (failure is not null)
        {
            Host.SetBondMtu(Mtu);
            return new OptionError(OptionErrorKind.Device, $"mtu {mtu}", failure);
        }
        Report(now, EventKind.OptionsChanged, null, $"mtu {Mtu} is now {mtu}");
        Mtu = mtu;
        PassOnReports();
        return null;
    }

    private string? FirstProblem(Func<Member, HostResult> look) =>
        _members.Select(member => (member.Name, look(member).Problem)).FirstOrDefault(found => found.Problem is not null)
            is (var name, { } problem)
            ? $"{name}: {problem}"
            : null;

    // Changes member after member; when one refuses, those before it are changed back. Says what went wrong, or null.
    private static string? ChangeAll(List<Member> members, Func<Member, HostResult> change, Func<Member, HostResult> undo)
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

    // fail_over_mac, when the active member changes.
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
                // One that cannot have the bond's address takes its frames all the same, though its card would drop them.
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
            Host.HearAll(before.Ifindex, false);
        if (member is not null)
            Host.HearAll(member.Ifindex, true);
        _hearingAll = member;
    }

    // The member that has the bond's address changes it for that of the next active one. Both or neither: the same address twice would have
    // the switch send frames of either to the other.
    private bool Exchange(Member? holder, Member next, long now)
    {
        if (holder is not null && !GiveAddress(holder, next.Address, now))
            return false;
        var isDone = GiveAddress(next, Address, now);
        if (!isDone && holder is not null)
            GiveAddress(holder, Address, now);
        return isDone;
    }

    /// <summary>Gives a member an address of its own, or the bond's. False, and reported, if its interface refuses.</summary>
    internal bool GiveAddress(Member member, MacAddress address, long now, bool mayGoDown = true)
    {
        var isGiven = Check(Host.SetMemberAddress(member.Ifindex, address, mayGoDown), member, now);
        if (isGiven)
            member.Address = address;
        return isGiven;
    }

    // What a bond without members has: the address that a user asked for, or its own.
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

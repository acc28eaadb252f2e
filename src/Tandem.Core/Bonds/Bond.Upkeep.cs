namespace Tandem.Core.Bonds;

// Undoes changes that other programs make to the MTU and address of members. After repeated changes it pauses: with some cards each change costs
// the link.
public sealed partial class Bond
{
    private const string LikelyCause =
        "either another program manages this interface (NetworkManager, systemd-networkd, dhcpcd, a script), then have it leave members alone, or "
        + "its driver forgets the setting when the interface comes up";

    /// <summary>
    /// Handles the present address and MTU of a member's interface: undoes and reports changes.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="ifindex">The member.</param>
    /// <param name="address">Its address, read after the last change that the bond made.</param>
    /// <param name="mtu">Its MTU in bytes, read at the same time.</param>
    public void MemberChanged(long now, int ifindex, MacAddress address, int mtu)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        if (address == member.Address)
            HasAddress(member, now);
        else
            PutAddressBack(member, address, now);
        if (mtu < Mtu)
            PutMtuBack(member, mtu, now);
        else
            HasMtu(member, mtu, now);
        PassOnReports();
    }

    /// <summary>Ends all pauses: sets MTU and address of members again, and forgets earlier changes. For a user who sets the value that is set already.</summary>
    public void EndPauses(long now)
    {
        foreach (var member in _members)
        {
            member.Upkeep.EndPauses(now);
            TryAgain(member, now);
        }
        PassOnReports();
    }

    // After a pause.
    private void TryAgain(Member member, long now)
    {
        if (now >= member.Upkeep.Address.TryAt)
            TryAgain(member, member.Upkeep.Address, "address", $"{member.Address}", () => SetAgain(member), now);
        if (now >= member.Upkeep.Mtu.TryAt)
            TryAgain(member, member.Upkeep.Mtu, "MTU", $"{Mtu}", () => Host.SetMemberMtu(member.Ifindex, Mtu), now);
    }

    private void TryAgain(Member member, Pacing.PutBackBudget budget, string what, string wanted, Func<HostResult> set, long now)
    {
        var result = set();
        if (result.IsOk)
        {
            budget.EndRest(now);
            Tell(member, $"its {what} is {wanted} again: put back after a while", now);
        }
        else
        {
            // Reported already, when the pause began.
            budget.Rest(now);
        }
    }

    private void PutAddressBack(Member member, MacAddress address, long now)
    {
        PutBack(
            member,
            member.Upkeep.Address,
            $"its address was changed from {member.Address} to {address}",
            "it takes frames for any address meanwhile",
            () => SetAgain(member),
            now
        );
        // Otherwise the card drops frames sent to the intended address.
        LetHearAll(member, HearsAll.ForOwnAddress, member.Upkeep.Address.IsResting);
    }

    // Without setting the link down: a member that receives all frames can wait.
    private HostResult SetAgain(Member member)
    {
        var result = Host.SetMemberAddress(member.Ifindex, member.Address, mayGoDown: false);
        if (result.IsOk)
            LetHearAll(member, HearsAll.ForOwnAddress, false);
        return result;
    }

    private void PutMtuBack(Member member, int mtu, long now)
    {
        member.Upkeep.LargerMtu = 0;
        PutBack(
            member,
            member.Upkeep.Mtu,
            $"its MTU was changed from {Mtu} to {mtu}",
            $"frames longer than {mtu} bytes may be lost on it meanwhile",
            () => Host.SetMemberMtu(member.Ifindex, Mtu),
            now
        );
    }

    private void PutBack(Member member, Pacing.PutBackBudget budget, string change, string meanwhile, Func<HostResult> set, long now)
    {
        if (budget.IsResting)
            return;
        if (!budget.Take(now))
            Tell(
                member,
                $"{change} again, within a minute after it was put back: left so for {Seconds(budget.Rest(now))} s, {meanwhile}; {LikelyCause}",
                now
            );
        else if (set() is { IsOk: false } refused)
            Tell(
                member,
                $"{change}, and cannot be put back ({refused.Problem}): tried again in {Seconds(budget.Rest(now))} s, {meanwhile}",
                now
            );
        else
            Tell(member, $"{change}: put back", now);
    }

    private void HasAddress(Member member, long now)
    {
        member.Upkeep.Address.EndRest(now);
        LetHearAll(member, HearsAll.ForOwnAddress, false);
    }

    // A larger MTU than the bond's does no harm, and with some cards a change costs the link.
    private void HasMtu(Member member, int mtu, long now)
    {
        member.Upkeep.Mtu.EndRest(now);
        var larger = mtu > Mtu ? mtu : 0;
        if (larger != 0 && larger != member.Upkeep.LargerMtu)
            Tell(member, $"its MTU was changed from {Mtu} to {mtu}: left so, since it carries all that the bond sends", now);
        member.Upkeep.LargerMtu = larger;
    }

    /// <summary>Lets a member take frames for any address for one more reason, or for one less; it does as long as there is any.</summary>
    internal void LetHearAll(Member member, HearsAll why, bool all)
    {
        var before = member.HearsAll;
        member.HearsAll = all ? before | why : before & ~why;
        if ((before == HearsAll.None) != (member.HearsAll == HearsAll.None))
            Host.HearAll(member.Ifindex, all);
    }

    private void Tell(Member member, string reason, long now)
    {
        if (member.Upkeep.MayTell(now))
            Report(now, EventKind.Notice, member, reason);
    }

    private static long Seconds(long nanoseconds) => nanoseconds / Clock.Second;
}

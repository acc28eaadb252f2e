using System.Collections.Frozen;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// What others do to interfaces. A report of the kernel only says where to look: it may be the echo of a change of Tandem's own, and older than the
/// next one. What is read now, on the one thread that makes these changes, is never an echo.
/// </summary>
internal sealed class LinkNews(BondSet bonds, Debts debts, INetwork network)
{
    // What devices get without being asked (net.core.default_qdisc), and what needs no obeying.
    private static readonly FrozenSet<string> UsualQdiscs = FrozenSet.Create(
        StringComparer.Ordinal,
        "noqueue",
        "noop",
        "pfifo_fast",
        "fq_codel",
        "fq",
        "mq",
        "pfifo"
    );

    /// <summary>Has something looked at by another thread, and what it saw, or null if it failed, taken in by the writer thread.</summary>
    public Action<Func<Sighting>, Action<long, Sighting?>> Aside { get; set; } = static (look, then) => then(0, look());

    /// <summary>Takes in that something about an interface changed.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="reported">The interface as the kernel reported it, perhaps a while ago.</param>
    public void LinkReported(long now, LinkInfo reported)
    {
        var ifindex = reported.Ifindex;
        if (debts.Find(ifindex) is not null)
            debts.Try(ifindex);
        foreach (var bond in bonds.All)
        {
            // A device elsewhere may have the number of an interface here.
            if (bond.Device.Netnsid is null && bond.Device.Ifindex == ifindex)
                LookAtDevice(now, bond);
            else if (bond.Device.OtherEnd == ifindex)
                LookAtOtherEnd(now, bond);
            else if (bond.Brain.FindMember(ifindex) is { } member)
                LookAtMember(now, bond, member, reported);
            else if (!bond.HasVlans && IsVlanOn(bond, reported))
                bond.HearVlans();
        }
    }

    /// <summary>Takes in that a data path could not use a member; the kernel's report comes later, if it comes.</summary>
    public void FaultReported(long now, string name, int slot)
    {
        if (bonds.Find(name) is { } bond && bond.Brain.Members.FirstOrDefault(member => member.Slot == slot) is { } member)
            LookAtMember(now, bond, member);
    }

    /// <summary>Takes in what the host's IP stack has on a bond.</summary>
    public void StackReported(long now, string name, HostStack stack) => bonds.Find(name)?.Brain.StackChanged(now, stack);

    /// <summary>Takes in that someone changed firewall rules, ours perhaps among them.</summary>
    public void FirewallChanged()
    {
        foreach (var bond in bonds.All)
            bond.Device.FirewallChanged();
    }

    /// <summary>Looks at everything, after reports were lost.</summary>
    public void LookAtAll(long now)
    {
        foreach (var bond in bonds.All)
        {
            LookAtDevice(now, bond);
            if (!bond.HasVlans && network.Links().Any(link => IsVlanOn(bond, link)))
                bond.HearVlans();
            foreach (var member in bond.Brain.Members.ToArray())
                LookAtMember(now, bond, member);
        }
    }

    /// <summary>
    /// Has another thread look for what nobody reports: promiscuity, queueing disciplines, what others do to the other end, speeds. Each look waits
    /// for the kernel's lock on interfaces (RTNL).
    /// </summary>
    public void LookAgain(RunningBond bond)
    {
        if (bond.IsLookedAt)
            return;
        bond.IsLookedAt = true;
        var outlook = bond.Outlook;
        Aside(() => network.Look(outlook), (now, sighting) => Looked(now, bond, sighting));
    }

    private void Looked(long now, RunningBond bond, Sighting? sighting)
    {
        bond.IsLookedAt = false;
        if (!bonds.All.Contains(bond))
            return;
        bond.SaveIfLearned();
        bond.Device.InspectPrograms();
        if (sighting is null)
            return;
        // What was seen may be over by now: it is looked at once more before anything is done about it.
        if (!bond.IsAsSeen(sighting))
            LookAtOtherEnd(now, bond);
        if (!bonds.All.Contains(bond))
            return;
        foreach (var (ifindex, status) in sighting.Members)
            TakeSpeed(now, bond, ifindex, status);
        ObserveQdisc(now, bond, sighting.Device?.Qdisc);
    }

    private static void TakeSpeed(long now, RunningBond bond, int ifindex, LinkStatus seen)
    {
        // A link that has gone or come since had another speed when it was seen.
        if (bond.Brain.FindMember(ifindex) is not { } member || member.Link.IsRunning != seen.IsRunning || member.Link == seen)
            return;
        bond.Device.SpeedSeen(ifindex, seen.SpeedMbps, seen.Duplex);
        bond.Brain.LinkChanged(now, ifindex, member.Link with { SpeedMbps = seen.SpeedMbps, Duplex = seen.Duplex });
    }

    private void ObserveQdisc(long now, RunningBond bond, string? qdisc)
    {
        var isPassed = bond.Device.IsInKernel && (bond.Device.Kind == DeviceKind.Tap || bond.Brain.Options.Passage == DevicePassage.Fast);
        if (!isPassed)
            qdisc = null;
        if (qdisc is not null && qdisc != bond.PassedQdisc && !UsualQdiscs.Contains(qdisc))
            bonds.Tell(
                now,
                bond,
                EventKind.Notice,
                $"its queueing discipline {qdisc} sees no frame while the kernel carries them past the device: set {(bond.Device.Kind == DeviceKind.Tap ? "data_path csharp" : "device exact")} to have it obeyed"
            );
        bond.PassedQdisc = qdisc;
    }

    private void LookAtOtherEnd(long now, RunningBond bond)
    {
        LookAtDevice(now, bond);
        if (bonds.All.Contains(bond))
            bond.Device.Inspect();
    }

    private void LookAtDevice(long now, RunningBond bond)
    {
        if (bond.Device.Read() is not { } link)
        {
            bonds.Tell(now, bond, EventKind.Notice, WhyGone(bond.Device));
            bonds.Close(now, bond);
            return;
        }
        // In another namespace it may have a name that another bond has here.
        if (link.Name != bond.Name && bond.Device.Netnsid is null)
            bond.Renamed(now, link.Name);
        var brain = bond.Brain;
        if (link.IsUp != brain.IsUp)
            brain.SetUp(now, link.IsUp);
        if (link.Mtu != brain.Mtu)
            TellIfRefused(now, bond, brain.SetMtu(now, link.Mtu));
        if (link.Address != brain.Address)
            TellIfRefused(now, bond, brain.SetAddress(now, link.Address));
        var promiscuous = link.Promiscuity > 0;
        if (promiscuous != bond.IsPromiscuous)
        {
            bond.IsPromiscuous = promiscuous;
            bond.Device.SetPromiscuous(promiscuous);
        }
        // What stands on it in another namespace is not in sight.
        if (bond.Device.Netnsid is not null && !bond.HasVlans)
            bond.HearVlans();
        bond.Save();
    }

    private void LookAtMember(long now, RunningBond bond, Member member, LinkInfo? reported = null)
    {
        // A lost carrier first, before the kernel is asked for all there is, which takes its lock on interfaces: somebody may hold that for long.
        if (reported is not null && member.Link.IsRunning && bond.Device.HasLostCarrier(reported))
            bond.Brain.LinkChanged(now, member.Ifindex, member.Link with { IsUp = reported.IsUp, HasCarrier = false });
        if (network.Find(member.Ifindex) is not { } link)
        {
            bond.Brain.MemberGone(now, member.Ifindex, "the interface is gone: deleted, or moved to another namespace");
            bond.Save();
            return;
        }
        if (link.Name != member.Name)
        {
            bond.Device.MemberRenamed(member.Ifindex, link.Name);
            bond.Brain.MemberRenamed(now, member.Ifindex, link.Name);
            bond.Renamed(member.Ifindex, link.Name);
        }
        bond.Brain.LinkChanged(now, member.Ifindex, bond.Device.ReadLink(member.Ifindex));
        // After the plan, for the link may be what changed.
        bond.Device.MemberSeen(link);
        // The bond itself may just have given the member another address.
        if ((link.Address != member.Address || link.Mtu != bond.Brain.Mtu) && network.Find(member.Ifindex) is { } present)
            link = present;
        bond.Brain.MemberChanged(now, member.Ifindex, link.Address, link.Mtu);
    }

    /// <summary>Whether an interface is a VLAN device on a bond.</summary>
    public static bool IsVlanOn(RunningBond bond, LinkInfo link) =>
        link.VlanId is not null && link.LinkNetnsid is null && link.Link == bond.Device.Ifindex && bond.Device.Netnsid is null;

    private static string WhyGone(IBondDevice device) =>
        device.OtherEnd is null
            ? "the device is gone: removed by someone else, or moved to another namespace; the bond goes with it"
            : "the device is gone: it, or its other end, or the network namespace where it was, was removed by someone else; the bond goes with it, and its members are given back";

    private void TellIfRefused(long now, RunningBond bond, OptionError? refusal)
    {
        if (refusal is not null)
            bonds.Tell(now, bond, EventKind.Notice, $"changed by someone else and changed back: {refusal.Message}");
    }
}

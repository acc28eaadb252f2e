using System.Collections.Frozen;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Changes that other programs make to interfaces. A notification of the kernel only says which interface to read: it may concern a change of
/// Tandem's own, and be older than the next change. An interface read now, on the thread that makes Tandem's changes, shows all of them.
/// </summary>
internal sealed class LinkNews(BondSet bonds, Debts debts, FileBonds files, INetwork network)
{
    // Disciplines that devices get by default (net.core.default_qdisc), and those that shape nothing.
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

    /// <summary>Runs the first function on another thread, then the second one on the writer thread with the result, or null if the first one failed.</summary>
    public Action<Func<Sighting>, Action<long, Sighting?>> Aside { get; set; } = static (look, then) => then(0, look());

    /// <summary>Handles a notification of an interface.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="reported">The interface as reported; the report may be old.</param>
    public void LinkReported(long now, LinkInfo reported)
    {
        var ifindex = reported.Ifindex;
        debts.Try(ifindex);
        files.Appeared(reported.Name);
        foreach (var bond in bonds.All)
        {
            // A device in another namespace may have the same number as an interface here.
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

    /// <summary>Handles a data path's failure to use a member. The kernel's notification comes later, or never.</summary>
    public void FaultReported(long now, string name, int slot)
    {
        if (bonds.Find(name) is { } bond && bond.Brain.Members.FirstOrDefault(member => member.Slot == slot) is { } member)
            LookAtMember(now, bond, member);
    }

    /// <summary>Handles a change of the host's IP stack on a bond.</summary>
    public void StackReported(long now, string name, HostStack stack) => bonds.Find(name)?.Brain.StackChanged(now, stack);

    /// <summary>Handles a change of firewall rules, which may include the guards of members.</summary>
    public void FirewallChanged()
    {
        foreach (var bond in bonds.All)
            bond.Device.FirewallChanged();
    }

    /// <summary>Reads all interfaces, after notifications were lost.</summary>
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
    /// Has another thread check what the kernel does not report: promiscuity, queueing disciplines, changes of the other end, speeds. This waits for
    /// the kernel's lock on interfaces (RTNL).
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
        // The state may have changed since: it is read once more before anything is changed.
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
        // The speed of a link that has gone down or come up since is not valid any more.
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
        // In another namespace its name may be that of another bond here.
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
        // VLAN devices on it in another namespace cannot be seen.
        if (bond.Device.Netnsid is not null && !bond.HasVlans)
            bond.HearVlans();
        bond.Save();
    }

    private void LookAtMember(long now, RunningBond bond, Member member, LinkInfo? reported = null)
    {
        // A lost carrier is handled before the interface is read, which waits for RTNL: another program may hold that for long.
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
        // After the plan is published, which a change of the link may require.
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

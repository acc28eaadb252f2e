using System.Collections.Frozen;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

// What others do to interfaces. A report of the kernel only says where to look: it may be the echo of a change of our own, and older
// than the next one. What is read now, on the one thread that makes our changes, is never an echo.
internal sealed partial class BondRegistry
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

    /// <summary>Takes in that something about an interface changed.</summary>
    public void LinkReported(long now, int ifindex)
    {
        if (_debts.Find(ifindex) is not null)
            _debts.Try(ifindex);
        foreach (var bond in _bonds.ToArray())
        {
            // A device elsewhere may have the number of an interface here.
            if (bond.Device.Netnsid is null && bond.Device.Ifindex == ifindex)
                LookAtDevice(now, bond);
            else if (bond.Device.OtherEnd == ifindex)
                LookAtOtherEnd(now, bond);
            else if (bond.Brain.FindMember(ifindex) is { } member)
                LookAtMember(now, bond, member);
            else if (!bond.HasVlans && network.Find(ifindex) is { } link && IsVlanOn(bond, link))
                bond.HearVlans();
        }
    }

    /// <summary>Takes in that a data path could not use a member; the kernel's report comes later, if it comes.</summary>
    public void FaultReported(long now, string name, int slot)
    {
        if (Find(name) is { } bond && bond.Brain.Members.FirstOrDefault(member => member.Slot == slot) is { } member)
            LookAtMember(now, bond, member);
    }

    /// <summary>Takes in what the host's IP stack has on a bond.</summary>
    public void StackReported(long now, string name, HostStack stack) => Find(name)?.Brain.StackChanged(now, stack);

    // A member has its turn for as many frames as may wait, whether more arrive meanwhile or not. One frame that fails keeps none from others,
    // and the bond is not left alone for it: else whoever knows how to make it fail could hold up its timers.
    private void TakeFrames(long now, RunningBond bond, Member member)
    {
        for (var taken = 0; taken < IBondDevice.ControlFrameCapacity; taken++)
        {
            try
            {
                var length = bond.Device.TakeControl(member.Slot, _frame);
                if (length == 0)
                    return;
                bond.Brain.FrameReceived(now, member.Ifindex, _frame.AsSpan(0, length));
            }
            catch (Exception e)
            {
                Logging.Log.WriterFault(log, e);
            }
        }
    }

    /// <summary>Takes in that someone changed firewall rules, ours perhaps among them.</summary>
    public void FirewallChanged()
    {
        foreach (var bond in _bonds)
            bond.Device.FirewallChanged();
    }

    /// <summary>Looks at everything, after reports were lost.</summary>
    public void LookAtAll(long now)
    {
        foreach (var bond in _bonds.ToArray())
        {
            LookAtDevice(now, bond);
            if (!bond.HasVlans && network.Links().Any(link => IsVlanOn(bond, link)))
                bond.HearVlans();
            foreach (var member in bond.Brain.Members.ToArray())
                LookAtMember(now, bond, member);
        }
    }

    // What nobody reports: promiscuity, programs that were detached, queueing disciplines.
    private void LookAgain(long now, RunningBond bond)
    {
        LookAtOtherEnd(now, bond);
        if (!_bonds.Contains(bond))
            return;
        bond.SaveIfLearned();
        var isPassed = bond.Device.IsInKernel && (bond.Device.Kind == DeviceKind.Tap || bond.Brain.Options.Passage == DevicePassage.Fast);
        // Asked for only where it is news: each look takes the kernel's lock on interfaces.
        var qdisc = isPassed ? bond.Device.Read()?.Qdisc : null;
        if (qdisc is not null && qdisc != bond.PassedQdisc && !UsualQdiscs.Contains(qdisc))
            Tell(
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
        if (_bonds.Contains(bond))
            bond.Device.Inspect();
    }

    private void LookAtDevice(long now, RunningBond bond)
    {
        if (bond.Device.Read() is not { } link)
        {
            Tell(now, bond, EventKind.Notice, WhyGone(bond.Device));
            Close(now, bond);
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

    private void LookAtMember(long now, RunningBond bond, Member member)
    {
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
    }

    private static bool IsVlanOn(RunningBond bond, LinkInfo link) =>
        link.VlanId is not null && link.LinkNetnsid is null && link.Link == bond.Device.Ifindex && bond.Device.Netnsid is null;

    private static string WhyGone(IBondDevice device) =>
        device.OtherEnd is null
            ? "the device is gone: removed by someone else, or moved to another namespace; the bond goes with it"
            : "the device is gone: it, or its other end, or the network namespace where it was, was removed by someone else; the bond goes with it, and its members are given back";

    private void TellIfRefused(long now, RunningBond bond, OptionError? refusal)
    {
        if (refusal is not null)
            Tell(now, bond, EventKind.Notice, $"changed by someone else and changed back: {refusal.Message}");
    }

    private void Tell(long now, RunningBond bond, EventKind kind, string reason) =>
        report(new BondEvent(now, kind, bond.Name, null, reason));
}

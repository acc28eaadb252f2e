using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Options;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Paths;

namespace Tandem.Daemon.Bonds;

/// <summary>Describes bonds by the brain's state and the kernel's interfaces.</summary>
internal static class BondResources
{
    /// <summary>Describes a bond, with its interfaces as last read. Makes no system call.</summary>
    /// <param name="bond">The bond.</param>
    /// <param name="utcOf">Converts monotonic ns to wall-clock time.</param>
    public static BondResource Of(RunningBond bond, Func<long, DateTimeOffset> utcOf)
    {
        var brain = bond.Brain;
        // In modes without standby members the brain's active member is internal.
        var active = ModeSet.ActiveMember.HasFlag((ModeSet)(1 << (int)brain.Options.Mode)) ? brain.Active?.Name : null;
        return new BondResource
        {
            Name = bond.Name,
            Link = LinkOfBond(bond),
            Options = OptionJson.OfBond(brain.Options, active, brain.Primary?.Name, LacpResources.AdInfo(brain.Lacp)),
            ActiveMember = active,
            Primary = brain.Primary?.Name,
            Carrier = brain.HasCarrier,
            SpeedMbps = brain.SpeedMbps,
            Duplex = Word(brain.Duplex),
            DataPath = bond.Device.IsInKernel ? "ebpf" : "csharp",
            DataPathReason = bond.Device.DataPathReason,
            DeviceKind = BondOptions.Known.DeviceKind.Choices[(int)bond.Device.Kind],
            OtherEnd = bond.Reading.OtherEnd?.Name,
            Members = [.. brain.Members.Select(member => Of(bond, member, utcOf))],
            Lacp = brain.Lacp is { } lacp ? LacpResources.Of(lacp) : null,
            Balancing = BalancingResources.Of(brain, utcOf),
            NoMemberDropped = bond.Device.NoMemberDropped,
            LeftByKernel = bond.Device.LeftByKernel,
        };
    }

    private static MemberResource Of(RunningBond bond, Member member, Func<long, DateTimeOffset> utcOf)
    {
        var link = LinkOf(member.Ifindex, member.Name, bond.Reading.Members.GetValueOrDefault(member.Ifindex));
        return new MemberResource
        {
            Name = member.Name,
            Slot = member.Slot,
            Link = link with { Flags = LinkWords.With("SLAVE", link.Flags), Master = bond.Name },
            Data = DataOf(bond.Brain.Options.Mode, member),
            SpeedMbps = member.Link.SpeedMbps,
            Duplex = Word(member.Link.Duplex),
            Counters = CountersOf(bond.Device.ReadCounters(member.Slot)),
            Damping = member is { State: LinkState.Returning, Damping.IsHeld: true }
                ? new DampingResource(member.Damping.Losses, utcOf(member.DelayEnds))
                : null,
            Lacp =
                bond.Brain.Lacp is { } lacp && member.Lacp is { } port
                    ? LacpResources.Of(lacp, port, bond.Device.ControlExcess(member.Slot), utcOf)
                    : null,
            Balancing = BalancingResources.Of(bond.Brain, member),
        };
    }

    private static MemberCounters CountersOf(SlotCounters counted) =>
        new()
        {
            TxFrames = counted.TxFrames,
            TxBytes = counted.TxBytes,
            TxDropped = counted.TxDropped,
            RxFrames = counted.RxFrames,
            RxBytes = counted.RxBytes,
            RxSuppressed = counted.RxSuppressed,
            RxDropped = counted.RxDropped,
        };

    private static JsonObject DataOf(BondMode mode, Member member)
    {
        var data = new JsonObject
        {
            ["state"] = member.IsActiveState ? "ACTIVE" : "BACKUP",
            ["mii_status"] = member.State switch
            {
                LinkState.Up => "UP",
                LinkState.Failing => "GOING_DOWN",
                LinkState.Returning => "GOING_BACK",
                _ => "DOWN",
            },
            ["link_failure_count"] = member.LinkFailures,
            ["perm_hwaddr"] = member.PermanentAddress.ToString(),
        };
        OptionJson.AddMemberOptions(data, mode, option => member[option], member.Lacp is { } port ? LacpResources.MemberState(port) : null);
        return data;
    }

    // `ip` shows a kernel bond as kind bond; the pair or TAP device is an implementation detail.
    private static LinkAttributes LinkOfBond(RunningBond bond)
    {
        var link = LinkOf(bond.Device.Ifindex, bond.Name, bond.Reading.Device);
        return link with
        {
            // The bond's name, also if the device has another name in another namespace.
            Ifname = bond.Name,
            Flags = LinkWords.With("MASTER", link.Flags),
            Kind = null,
            Link = null,
            LinkIndex = null,
            LinkNetnsid = bond.Device.Netnsid,
            Stats64 = link.Stats64 is { } counted ? With(counted, bond.Device.PastDevice) : null,
        };
    }

    // The device counts only frames that pass through it.
    private static LinkCounters With(LinkCounters counted, SlotCounters more) =>
        new()
        {
            Rx = counted.Rx with
            {
                Bytes = counted.Rx.Bytes + more.RxBytes,
                Packets = counted.Rx.Packets + more.RxFrames,
                Dropped = counted.Rx.Dropped + more.RxDropped,
            },
            Tx = counted.Tx with
            {
                Bytes = counted.Tx.Bytes + more.TxBytes,
                Packets = counted.Tx.Packets + more.TxFrames,
                Dropped = counted.Tx.Dropped + more.TxDropped,
            },
        };

    // An interface that has just gone, or was not read yet, has only number and name.
    private static LinkAttributes LinkOf(int ifindex, string name, NamedLink? read) =>
        read is not null
            ? LinkWords.Describe(read)
            : new LinkAttributes
            {
                Ifindex = ifindex,
                Ifname = name,
                Flags = [],
            };

    private static string Word(Duplex duplex) =>
        duplex switch
        {
            Duplex.Full => "full",
            Duplex.Half => "half",
            _ => "unknown",
        };
}

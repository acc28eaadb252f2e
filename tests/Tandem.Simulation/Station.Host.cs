using System.Net;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Simulation;

// Requests of the brain to its host.
public sealed partial class Station : IBondHost
{
    HostResult IBondHost.Attach(in MemberSetup setup)
    {
        var port = Find(setup.Ifindex)!;
        if (Fault(port.Name, "attach") is { } problem)
            return new HostResult(problem);
        if (setup.IsKept)
            return HostResult.Done;
        _permanent[port.Ifindex] = port.Address;
        _slots.Add(setup.Slot, port);
        port.Address = setup.Address ?? port.Address;
        port.Mtu = setup.Mtu;
        port.IsUp = true;
        return HostResult.Done;
    }

    void IBondHost.Detach(int ifindex, int slot)
    {
        _slots.Remove(slot);
        if (Find(ifindex) is not { } port)
            return;
        HearingAll.Remove(port.Name);
        port.IsUp = false;
        port.Address = _permanent[ifindex];
        port.Mtu = 1500;
    }

    HostResult IBondHost.SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown)
    {
        var port = MemberPort(ifindex);
        if (Fault(port.Name, "address") is { } problem)
            return new HostResult(problem);
        port.Address = address;
        AddressChanges++;
        port.SettingsMoved();
        return HostResult.Done;
    }

    HostResult IBondHost.TakesMtu(int ifindex, int mtu) =>
        Fault(MemberPort(ifindex).Name, "mtu limit") is { } problem ? new HostResult(problem) : HostResult.Done;

    HostResult IBondHost.SetMemberMtu(int ifindex, int mtu)
    {
        var port = MemberPort(ifindex);
        if (Fault(port.Name, "mtu") is { } problem)
            return new HostResult(problem);
        port.Mtu = mtu;
        port.SettingsMoved();
        return HostResult.Done;
    }

    HostResult IBondHost.SetBondAddress(MacAddress address)
    {
        if (Fault("bond0", "address") is { } problem)
            return new HostResult(problem);
        Address = address;
        return HostResult.Done;
    }

    HostResult IBondHost.SetBondMtu(int mtu)
    {
        if (Fault("bond0", "mtu") is { } problem)
            return new HostResult(problem);
        Mtu = mtu;
        return HostResult.Done;
    }

    void IBondHost.SetCarrier(bool up) => Carrier = up;

    void IBondHost.SetSpeed(uint speedMbps, Duplex duplex) => SpeedMbps = speedMbps;

    LinkStatus IBondHost.ReadLink(int ifindex) => Find(ifindex)?.Status ?? LinkStatus.Gone;

    HostResult IBondHost.UseDataPath(DataPathChoice choice) =>
        choice == DataPathChoice.Ebpf ? new HostResult("a simulated host has no kernel") : HostResult.Done;

    HostResult IBondHost.UsePassage(DevicePassage passage) => HostResult.Done;

    void IBondHost.Publish(ForwardingPlan plan)
    {
        Plan = plan;
        Plans.Add(plan);
    }

    void IBondHost.AnnounceAddresses(int slot, bool ofOthers) =>
        Announced.Add((_world.Now, slot, ofOthers ? "addresses of others" : "addresses"));

    void IBondHost.AnnounceGroups(int slot) => Announced.Add((_world.Now, slot, "groups"));

    bool IBondHost.SendControl(int slot, ReadOnlySpan<byte> frame)
    {
        ControlFrames++;
        if (RefusesFrames || !_slots.TryGetValue(slot, out var port))
            return false;
        var sent = frame.ToArray();
        ControlSent?.Invoke(slot, sent);
        port.Send(sent);
        return true;
    }

    void IBondHost.StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due) =>
        Answers[slot] = lacpdu.Length == 0 ? null : (lacpdu.ToArray(), due);

    void IBondHost.WatchStack(IReadOnlyList<IPAddress>? targets)
    {
        Watched = targets;
        if (targets is not null)
            _world.After(StackDelay, TellStack);
    }

    ulong IBondHost.FramesReceived(int slot) => _slots.TryGetValue(slot, out var port) ? port.FramesReceived : 0;

    void IBondHost.ReadLoads(Span<ulong> bytes) => _loads.CopyTo(bytes);

    ulong IBondHost.ToldAll => _toldAll;

    void IBondHost.HearAll(int ifindex, bool all)
    {
        if (all)
            HearingAll.Add(MemberPort(ifindex).Name);
        else
            HearingAll.Remove(MemberPort(ifindex).Name);
    }

    void IBondHost.Report(in BondEvent happened)
    {
        Events.Add(happened);
        PlanWhenReported.Add(Plan.Generation);
    }

    // The bond may change the settings of its members only.
    private Port MemberPort(int ifindex) =>
        _slots.Values.FirstOrDefault(port => port.Ifindex == ifindex && port.Exists)
        ?? throw new InvalidOperationException($"interface {ifindex} is no member");
}

using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>Undoes what a bond of an earlier service has changed on the machine, if no service continues it.</summary>
/// <param name="network">The kernel's interfaces.</param>
internal sealed class Remains(INetwork network)
{
    /// <summary>Receives each member that could not be restored, with the problem.</summary>
    public required Action<SavedMember, string> NotGivenBack { get; init; }

    /// <summary>Receives each member that was restored, and is down.</summary>
    public required Action<SavedMember> GivenBack { get; init; }

    /// <summary>Receives each problem with a device that could not be removed.</summary>
    public Action<string> NotRemoved { get; init; } = static _ => { };

    /// <summary>
    /// Restores the members first, then removes the device: until then it shows whose they are. The state's file is left to the caller.
    /// </summary>
    /// <param name="state">The bond's last state.</param>
    /// <param name="removesDevice">Whether the device itself is removed; otherwise it stays, since a process may use it.</param>
    /// <returns>Whether everything was undone.</returns>
    public bool Undo(BondState state, bool removesDevice)
    {
        var isClean = true;
        foreach (var member in state.Members)
            isClean &= GiveBack(member);
        // By ifindex: the device may have been renamed. A pair by its other end: the bond's device may be in another namespace.
        if (removesDevice && DeviceSearch.Find(network, state) is { } device)
            isClean &= Remove(device.Ifindex);
        if (state.OtherEnd is { } end)
            network.Unguard(end);
        foreach (var rest in DeviceSearch.FindRest(network, state))
            isClean &= Remove(rest.Ifindex);
        return isClean;
    }

    /// <summary>
    /// Restores a member. Returns whether it has everything back. An interface that a request named, but that did not join before its service ended, was
    /// not changed.
    /// </summary>
    public bool GiveBack(MemberState state)
    {
        var member = state.Saved;
        if (state.Slot is null && member.TakenAddress is null && !network.IsTaken(member))
            return true;
        if (network.GiveBack(member) is not { } problem)
        {
            GivenBack(member);
            return true;
        }
        NotGivenBack(member, problem);
        return false;
    }

    private bool Remove(int ifindex)
    {
        if (network.Remove(ifindex) is not { } problem)
            return true;
        NotRemoved(problem);
        return false;
    }
}

using Tandem.Core.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <content>What its members are owed.</content>
internal sealed partial class RunningBond
{
    // Interfaces that a request concerns, by number, as they were before it. Their entries are stored already, and stay until the request ends.
    private readonly Dictionary<int, SavedMember> _prepared = [];

    /// <summary>
    /// Saves the state of interfaces before a request that may let them join, so that it need not wait for the file. Call <see cref="EndPreparing"/> after it.
    /// </summary>
    /// <param name="found">Their present state; ignored for members.</param>
    public void Prepare(IEnumerable<SavedMember> found)
    {
        foreach (var present in found)
        {
            var saved = FindSaved(present.Ifindex);
            _prepared[present.Ifindex] = saved ?? ToRestore(present);
            if (saved is null)
                _saved.Add(new MemberState { Saved = _prepared[present.Ifindex] });
        }
        Save();
    }

    /// <summary>Removes the entries of those that have not become members.</summary>
    public void EndPreparing(IEnumerable<int> interfaces)
    {
        foreach (var ifindex in interfaces.Where(_prepared.Remove))
        {
            if (Brain?.FindMember(ifindex) is null)
                _saved.RemoveAll(saved => saved.Saved.Ifindex == ifindex);
        }
        Save();
    }

    /// <summary>The bond's device with its IP addresses and routes before the present request; null if the request was not prepared.</summary>
    public SavedMember? DeviceBefore { get; set; }

    /// <summary>A member as it was before it joined; null if it is none.</summary>
    public SavedMember? FindSaved(int ifindex) => IndexOf(ifindex) is >= 0 and var i ? _saved[i].Saved : null;

    /// <summary>An interface as it was before the present request; null if the request was not prepared for it.</summary>
    public SavedMember? FindPrepared(int ifindex) => _prepared.GetValueOrDefault(ifindex);

    /// <inheritdoc/>
    public SavedMember ToRestore(SavedMember present)
    {
        if (debts.Find(present.Ifindex) is { } owed)
            return owed;
        var before = _prepared.GetValueOrDefault(present.Ifindex, present);
        return before with
        {
            // When an interface is set down, the kernel removes its IPv6 addresses and its routes.
            Addresses = [.. before.Addresses.UnionBy(present.Addresses, address => (address.Address, address.PrefixLength))],
            Routes = before.Routes ?? debts.FindDown(present.Ifindex)?.Routes,
        };
    }

    /// <summary>Saves the state of an interface before it is changed, and later its address as a member.</summary>
    public HostResult Remember(SavedMember member)
    {
        // Keeps its place: members are listed in the order in which they joined.
        var i = IndexOf(member.Ifindex);
        if (i >= 0)
            _saved[i] = _saved[i] with { Saved = member };
        else
            _saved.Add(new MemberState { Saved = member });
        // Only the first entry must be on disk at once: a member whose address changed later is recognised by its guard and program.
        if (i >= 0)
        {
            Save();
            debts.Forget(member.Ifindex);
            return HostResult.Done;
        }
        if (SaveNow() is { } problem)
        {
            _saved.RemoveAll(saved => saved.Saved.Ifindex == member.Ifindex);
            Save();
            return new HostResult($"what is to be given back to it cannot be stored: {problem}");
        }
        debts.Forget(member.Ifindex);
        return HostResult.Done;
    }

    /// <inheritdoc/>
    public void Owe(SavedMember member, string problem)
    {
        debts.Add(Name, member, problem);
        Remove(member.Ifindex);
    }

    /// <summary>Removes the entry of a restored member.</summary>
    public void Forget(int ifindex)
    {
        if (FindSaved(ifindex) is { } saved)
            debts.AddDown(Name, saved);
        Remove(ifindex);
    }

    private void Remove(int ifindex)
    {
        if (!_prepared.ContainsKey(ifindex))
            _saved.RemoveAll(member => member.Saved.Ifindex == ifindex);
        Save();
    }
}

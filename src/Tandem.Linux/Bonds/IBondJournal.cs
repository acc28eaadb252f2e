using Tandem.Core.Bonds;
using Tandem.Linux.Members;

namespace Tandem.Linux.Bonds;

/// <summary>
/// Records the settings of each interface before it became a member, so that another process can restore them if this one is killed. An
/// entry is removed only when the interface was restored.
/// </summary>
public interface IBondJournal
{
    /// <summary>
    /// The settings to restore when a joining interface leaves again. These are its present settings, unless an earlier entry is not restored completely, or the
    /// service set the interface down for this join.
    /// </summary>
    SavedMember ToRestore(SavedMember present);

    /// <summary>Called before an interface is changed. Returns when the entry is on disk; on an error the interface is not
    /// changed.</summary>
    HostResult Remember(SavedMember member);

    /// <summary>Called when an interface was restored, or is gone.</summary>
    void Forget(int ifindex);

    /// <summary>Called when an interface could not be restored completely: it is no member any more, and its entry stays.</summary>
    void Owe(SavedMember member, string problem);
}

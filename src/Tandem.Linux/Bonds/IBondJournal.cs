using Tandem.Core;
using Tandem.Linux.Members;

namespace Tandem.Linux.Bonds;

/// <summary>
/// Records how each interface was before it became a member, so that another process can give it back if this one is killed. An entry is removed
/// only when the interface was given back.
/// </summary>
public interface IBondJournal
{
    /// <summary>
    /// The entry of an interface that could not be given back whole, else null. When the interface becomes a member again, this entry counts and
    /// not how the interface is found.
    /// </summary>
    SavedMember? Owed(int ifindex);

    /// <summary>Called before an interface is changed. Returns when the entry is safe; else says why it is not, and the interface stays as it is.</summary>
    HostResult Remember(SavedMember member);

    /// <summary>Called when an interface was given back, or is gone.</summary>
    void Forget(int ifindex);

    /// <summary>Called when an interface could not be given back whole: it is a member no more, and its entry stays.</summary>
    void Owe(SavedMember member, string problem);
}

using Tandem.Core;

namespace Tandem.Linux;

/// <summary>
/// What is owed to interfaces: how each was before it became a member, so that it can be given back after this process was killed, too. An
/// entry goes only when it was given back.
/// </summary>
public interface IBondJournal
{
    /// <summary>
    /// What is owed to an interface since before, because it could not be given back whole; null for nothing. It counts when the interface
    /// becomes a member again: as it is now it never was.
    /// </summary>
    SavedMember? Owed(int ifindex);

    /// <summary>Called before an interface is changed. Returns when the entry is safe; else says why it is not, and the interface stays as it is.</summary>
    HostResult Remember(SavedMember member);

    /// <summary>Called when an interface was given back, or is gone.</summary>
    void Forget(int ifindex);

    /// <summary>Called when an interface could not be given back whole: it is a member no more, and its entry stays.</summary>
    void Owe(SavedMember member, string problem);
}

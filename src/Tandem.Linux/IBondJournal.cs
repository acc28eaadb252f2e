namespace Tandem.Linux;

/// <summary>
/// Keeps what interfaces were like, so that they can be given back after this process was killed. A call returns when the
/// entry is safe.
/// </summary>
public interface IBondJournal
{
    /// <summary>Called before an interface is changed.</summary>
    void Remember(SavedMember member);

    /// <summary>Called when an interface was given back.</summary>
    void Forget(int ifindex);
}

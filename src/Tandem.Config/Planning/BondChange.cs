namespace Tandem.Config.Planning;

/// <summary>What happens to a bond.</summary>
public enum BondChangeKind
{
    /// <summary>It is created.</summary>
    Added,

    /// <summary>It is changed.</summary>
    Changed,

    /// <summary>It is removed.</summary>
    Removed,
}

/// <summary>What happens to a member.</summary>
public enum MemberChangeKind
{
    /// <summary>It joins the bond.</summary>
    Joins,

    /// <summary>Its options change.</summary>
    Changes,

    /// <summary>It is released.</summary>
    Leaves,
}

/// <summary>A value that changes.</summary>
/// <param name="Name">The option's keyword, or <c>address</c>, <c>mtu</c>, <c>up</c>.</param>
/// <param name="Old">The present value; null if the bond or member is new.</param>
/// <param name="New">The wanted value.</param>
public sealed record ValueChange(string Name, string? Old, string New);

/// <summary>A change of a member.</summary>
/// <param name="Kind">What happens to it.</param>
/// <param name="Name">The interface.</param>
/// <param name="Other">The bond that it leaves, or the one that it joins instead; null if there is none.</param>
/// <param name="Values">Values that change; of a member that joins those that are not defaults.</param>
public sealed record MemberChange(MemberChangeKind Kind, string Name, string? Other, IReadOnlyList<ValueChange> Values);

/// <summary>A difference between the present state of a bond and the wanted one.</summary>
/// <param name="Kind">What happens to the bond.</param>
/// <param name="Bond">The bond's name.</param>
/// <param name="Values">Values that change; of a new bond those that are not defaults.</param>
/// <param name="Members">Members that join, change or leave.</param>
public sealed record BondChange(BondChangeKind Kind, string Bond, IReadOnlyList<ValueChange> Values, IReadOnlyList<MemberChange> Members);

using Tandem.Linux.Netlink;

namespace Tandem.Linux.Members;

/// <summary>What became of adding the routes of a restored interface.</summary>
/// <param name="Missing">The routes that are not there.</param>
/// <param name="IsFinal">Whether it is of no use to try these again: the interface is up and has carrier, or is gone.</param>
/// <param name="Problem">Why the first of them was refused; null if none was.</param>
public sealed record RoutesBack(IReadOnlyList<SavedRoute> Missing, bool IsFinal, string? Problem);

using Tandem.Api;

namespace Tandem.Config.Planning;

/// <summary>One request of a plan.</summary>
/// <param name="Bond">The bond.</param>
/// <param name="Spec">The spec to put; null to remove the bond.</param>
public sealed record Step(string Bond, BondSpec? Spec);

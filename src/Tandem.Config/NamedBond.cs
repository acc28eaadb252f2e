using Tandem.Api;

namespace Tandem.Config;

/// <summary>A bond's name and spec.</summary>
/// <param name="Name">The name.</param>
/// <param name="Spec">The spec.</param>
public sealed record NamedBond(string Name, BondSpec Spec);

using Tandem.Api;
using Tandem.Config;

namespace Tandem.Cli.Files;

/// <summary>The bonds of the service as specs.</summary>
internal static class RunningBonds
{
    // What a new bond has if a spec does not say otherwise.
    private const int UsualMtu = 1500;
    private const int UsualQueues = 16;

    /// <summary>Asks the service for the specs of all bonds.</summary>
    public static async Task<IReadOnlyList<NamedBond>> ReadAsync(TandemClient client, CancellationToken cancellation)
    {
        var bonds = new List<NamedBond>();
        foreach (var bond in await client.GetBondsAsync(cancellation))
        {
            try
            {
                bonds.Add(new NamedBond(bond.Name, await client.GetSpecAsync(bond.Name, cancellation)));
            }
            catch (TandemException e) when (e.Kind == "no-bond")
            {
                // It was removed meanwhile.
            }
        }
        return bonds;
    }

    /// <summary>The spec for a file: without MTU and queues that a new bond has anyway.</summary>
    public static BondSpec WithoutUsual(BondSpec spec) =>
        spec with
        {
            Mtu = spec.Mtu == UsualMtu ? null : spec.Mtu,
            NumTxQueues = spec.NumTxQueues == UsualQueues ? null : spec.NumTxQueues,
        };
}

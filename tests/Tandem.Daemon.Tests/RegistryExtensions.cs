using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Tests;

internal static class RegistryExtensions
{
    /// <summary>A bond as clients see it now.</summary>
    public static BondResource Show(this BondRegistry registry, INetwork network, string name)
    {
        registry.EndRound();
        var known = registry.Snapshots.All!.Single(bond => bond.Resource.Name == name);
        var readings = new Dictionary<string, LinkReading?>(StringComparer.Ordinal) { [name] = network.Read(known.Outlook) };
        return registry.Snapshots.Refresh(readings).Single(bond => bond.Resource.Name == name).Resource;
    }
}

using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Guards;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Creates and removes a table of the netdev family in one batch, which leaves nothing behind.</summary>
internal static class NetdevProbe
{
    public static Netdev Look()
    {
        using var guard = new IngressGuard();
        return new Netdev(guard.TryFamily());
    }
}

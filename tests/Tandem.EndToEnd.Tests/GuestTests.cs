using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The published programs under kernels that machines have in the field.</summary>
public sealed class GuestTests
{
    [Fact]
    public void Linux_6_12_carries_a_ping_over_a_cut_cable()
    {
        var output = Guest.Play("6.12", "guest-failover.sh", ["--cpus", "2"]);
        Assert.StartsWith("kernel 6.12.", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: e0 is active again\n", output, StringComparison.Ordinal);
    }
}

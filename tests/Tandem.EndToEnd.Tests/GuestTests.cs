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

    [Fact]
    public void Linux_6_12_shows_readers_all_that_bond0_carries_through_a_netkit_pair()
    {
        var output = Guest.Play("6.12", "guest-readers.sh", ["--cpus", "2"], ["device_kind", "netkit"]);
        Assert.Contains("through a netkit pair", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: bond0 goes\n", output, StringComparison.Ordinal);
    }
}

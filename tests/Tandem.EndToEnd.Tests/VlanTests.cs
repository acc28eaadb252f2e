using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Tests that need a kernel with VLAN devices, netem and the bonding driver: run under User-Mode Linux.</summary>
public sealed class VlanTests
{
    [Fact]
    public void Vlan_devices_work_on_bond0_through_failover_and_large_frames() => UserModeLinux.Play("vlan.sh");

    [Fact]
    public void Vlans_macvlans_and_a_bridge_above_bond0_are_announced_with_their_tags() => UserModeLinux.Play("upper.sh");

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("active-backup")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void The_driver_of_the_kernel_is_a_good_partner(string mode) => UserModeLinux.Play("driver.sh", mode);
}

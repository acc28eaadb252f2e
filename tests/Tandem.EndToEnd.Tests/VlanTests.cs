using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>What needs a kernel with VLAN devices, netem and the bonding driver: run in one, as a process of this machine.</summary>
public sealed class VlanTests
{
    // uml.sh says so when the kernel cannot be had.
    private const int Missing = 77;

    [Fact]
    public void Vlan_devices_work_on_bond0_through_failover_and_large_frames() => Play("vlan.sh");

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("active-backup")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void The_driver_of_the_kernel_is_a_good_partner(string mode) => Play("driver.sh", mode);

    private static void Play(string script, params string[] arguments)
    {
        var outcome = Shell.Run(
            TimeSpan.FromMinutes(5),
            [
                Programs.UserModeLinux,
                Path.Combine(AppContext.BaseDirectory, "Scripts", script),
                Path.GetDirectoryName(Programs.Tandem)!,
                .. arguments,
            ]
        );
        Assert.SkipWhen(outcome.ExitCode == Missing, outcome.Error.Trim());
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }
}

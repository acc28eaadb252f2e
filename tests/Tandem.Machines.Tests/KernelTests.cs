using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>The published programs under kernels that machines have in the field.</summary>
public sealed class KernelTests
{
    [Fact]
    public void Linux_6_12_carries_a_ping_over_a_cut_cable()
    {
        var output = Guest.Play(new Machine("6.12"), "machine-failover.sh");
        Assert.StartsWith("kernel 6.12.", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: e0 is active again\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Linux_6_12_shows_readers_all_that_bond0_carries_through_a_netkit_pair()
    {
        var output = Guest.Play(new Machine("6.12"), "machine-readers.sh", arguments: ["device_kind", "netkit"]);
        Assert.Contains("through a netkit pair", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: bond0 goes\n", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Machines", "whole")]
    public void Linux_6_12_has_netkit_and_TCX_as_the_doctor_says() => Diagnose("6.12", "tcx", "netkit");

    [Fact]
    public void Linux_6_1_has_veth_and_clsact_as_the_doctor_says() => Diagnose("6.1", "clsact", "veth");

    [Fact]
    public void Linux_6_1_carries_a_ping_over_a_cut_cable()
    {
        var output = Guest.Play(new Machine("6.1"), "machine-failover.sh");
        Assert.StartsWith("kernel 6.1.", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: e0 is active again\n", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Machines", "whole")]
    public void Linux_6_1_shows_readers_all_that_bond0_carries_through_a_veth_pair()
    {
        var output = Guest.Play(new Machine("6.1"), "machine-readers.sh", arguments: ["device_kind", "veth"]);
        Assert.EndsWith("ok: bond0 goes\n", output, StringComparison.Ordinal);
    }

    private static void Diagnose(string kernel, string hook, string kind)
    {
        var output = Guest.Play(new Machine(kernel), "machine-doctor.sh", arguments: [hook, kind]);
        Assert.StartsWith($"kernel {kernel}.", output, StringComparison.Ordinal);
        Assert.EndsWith("ok: data_path csharp\n", output, StringComparison.Ordinal);
    }
}

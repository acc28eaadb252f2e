using Tandem.EndToEnd.Tests;
using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>The package for Debian on a Debian, as users have it.</summary>
public sealed class PackageTests
{
    [Fact, Trait("Machines", "whole")]
    public void The_package_is_installed_upgraded_under_traffic_and_removed_without_a_trace()
    {
        var first = Packages.MakeOne("deb");
        var next = Packages.MakeOne("deb", "--version", "99.0.0");
        try
        {
            var output = Guest.Play(new Machine("6.12") { System = true }, "machine-package.sh", 600, InGuest(first), InGuest(next));
            Assert.EndsWith("ok: purged\n", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(next);
        }
    }

    [Fact, Trait("Machines", "whole")]
    public void Bonds_of_files_are_there_before_network_online_also_after_power_cuts()
    {
        var package = Packages.MakeOne("deb");
        var disk = Path.Combine(Path.GetTempPath(), $"tandem-{Environment.ProcessId}.disk");
        try
        {
            var machine = new Machine("6.12")
            {
                System = true,
                Disk = disk,
                Cards = ["virtio", "virtio", "virtio", "virtio"],
            };
            foreach (var phase in new[] { "install", "booted", "saved", "applied" })
            {
                var output = Guest.Play(machine, "machine-boot.sh", 300, phase, InGuest(package));
                Assert.EndsWith($"ok: {phase}\n", output, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(disk);
        }
    }

    [Fact, Trait("Machines", "whole")]
    public void The_package_leaves_bonds_of_the_kernels_driver_alone()
    {
        var package = Packages.MakeOne("deb");
        var output = Guest.Play(new Machine("6.12") { System = true }, "machine-beside.sh", 300, InGuest(package));
        Assert.EndsWith("ok: purged\n", output, StringComparison.Ordinal);
    }

    private static string InGuest(string package) => $"/programs/packages/{Path.GetFileName(package)}";
}

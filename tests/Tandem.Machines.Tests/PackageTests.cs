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

    private static string InGuest(string package) => $"/programs/packages/{Path.GetFileName(package)}";
}

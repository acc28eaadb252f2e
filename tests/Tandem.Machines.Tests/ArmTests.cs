using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>The programs for arm64 (<c>./build linux-arm64</c>).</summary>
public sealed class ArmTests
{
    private static readonly Machine Arm = new("6.12") { Architecture = "arm64" };

    [Fact]
    [Trait("Machines", "whole")]
    public void Arm64_has_all_modes_and_picks_members_as_the_driver_does()
    {
        var output = Guest.Play(Arm, "machine-modes.sh", arguments: ["aarch64"]);
        Assert.EndsWith(" hashes\n", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Machines", "whole")]
    public void Arm64_shows_readers_all_that_bond0_carries() =>
        Assert.EndsWith("ok: bond0 goes\n", Guest.Play(Arm, "machine-readers.sh"), StringComparison.Ordinal);
}

using Tandem.Linux.Doctor.Probes;
using Tandem.Linux.Hosting;

namespace Tandem.Linux.Tests.Doctor;

public class ProbeParsingTests
{
    [Theory]
    [InlineData("6.18.44-fc-v782", "6.18")]
    [InlineData("5.10.0-28-amd64", "5.10")]
    [InlineData("6.6-rc1", "6.6")]
    [InlineData("6.1+", "6.1")]
    [InlineData("mine", null)]
    [InlineData("", null)]
    public void A_release_has_a_version(string release, string? version) =>
        Assert.Equal(version, KernelProbe.ParseVersion(release)?.ToString());

    [Fact]
    public void A_configuration_is_read_as_far_as_it_matters()
    {
        var config = KernelProbe.ParseConfig(["# CONFIG_BONDING is not set", "CONFIG_TUN=m", "CONFIG_USB=y", "CONFIG_BPF_SYSCALL=y", ""]);
        Assert.Equal(
            ["CONFIG_BPF_SYSCALL=y", "CONFIG_TUN=m"],
            config.Select(one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Capabilities_are_read_from_a_status_file()
    {
        Assert.Equal(0x3000UL, Capabilities.Effective(["Name:\tx", "CapEff:\t0000000000003000", "CapBnd:\t0"]));
        Assert.Equal(0UL, Capabilities.Effective(["CapEff:\tnonsense"]));
        Assert.Equal(0UL, Capabilities.Effective([]));
    }
}

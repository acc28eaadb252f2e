using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The device of a bond, its name, and refused kinds.</summary>
public sealed class DeviceKindTests
{
    [Theory]
    [InlineData("veth", "bond0@tdm-bond0")]
    [InlineData("tap", "bond0")]
    public void A_bond_has_the_device_that_was_asked_for(string kind, string shown)
    {
        using var lab = new Lab(cables: 1).Bond("mode", "active-backup", "device_kind", kind);
        Assert.Contains($": {shown}: ", lab.A.Ip("-o", "link", "show", "bond0"), StringComparison.Ordinal);
        Assert.Equal(
            kind == "tap" ? "tun" : "veth",
            lab.A.KernelLink("bond0")!.Value.GetProperty("linkinfo").GetProperty("info_kind").GetString()
        );
        Refused(
            lab.A,
            "device_kind auto: the bond was created with device_kind",
            "link",
            "set",
            "bond0",
            "type",
            "bond",
            "device_kind",
            "auto"
        );
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.05", "-c5", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_and_leaves_nothing()
    {
        using var lab = new Lab(cables: 0, start: false);
        lab.A.Service.Start();
        if (!HasNetkit(lab.A))
            Refused(
                lab.A,
                "this kernel has no netkit devices; accepted here: device_kind auto",
                "link",
                "add",
                "bond0",
                "type",
                "bond",
                "device_kind",
                "netkit"
            );
        Refused(
            lab.A,
            "device_kind veth: cannot be used together with data_path csharp: only programs in the kernel carry the frames of such a device; accepted with it: auto, tap",
            ["link", "add", "bond0", "type", "bond", "device_kind", "veth", "data_path", "csharp"]
        );
        Assert.Single(lab.A.Ip("-br", "link").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        lab.A.Tandem("link", "add", "bond0", "type", "bond");
        Refused(
            lab.A,
            "remove the bond and create it again with data_path csharp, which gives it a TAP device; accepted here: auto, ebpf",
            ["link", "set", "bond0", "type", "bond", "data_path", "csharp"]
        );
    }

    [Theory]
    [InlineData("fifteen-bytes-0")]
    [InlineData("bond7")]
    public void A_name_that_is_long_or_whose_other_end_is_taken_works(string name)
    {
        using var lab = new Lab(cables: 1);
        lab.BondHost(lab.B, 2, "mode", "active-backup");
        lab.A.Ip("link", "add", "tdm-bond7", "type", "veth", "peer", "name", "taken");
        lab.A.Tandem("link", "add", name, "type", "bond", "mode", "active-backup", "device_kind", "veth");
        lab.A.Tandem("link", "set", "eth0", "master", name);
        lab.A.Tandem("link", "set", name, "up");
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", name);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "it answers");
        Assert.Contains($"{name}@tdm-0", lab.A.Ip("link", "show", name), StringComparison.Ordinal);
        lab.A.Tandem("link", "del", name);
        Assert.Null(lab.A.KernelLink("tdm-0"));
        Assert.NotNull(lab.A.KernelLink("tdm-bond7"));
    }

    private static bool HasNetkit(Host host) =>
        // The kernel's error for an unknown kind differs from that for a netkit device without its program.
        !host.Run("ip", "link", "add", "nk0", "type", "netkit").All.Contains("Unknown device type", StringComparison.Ordinal);

    private static void Refused(Host host, string reason, params string[] command)
    {
        var outcome = host.TryTandem(command);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
    }
}

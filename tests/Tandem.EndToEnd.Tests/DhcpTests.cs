using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>DHCP clients work on bond0 as on a network card.</summary>
public sealed class DhcpTests
{
    [Fact]
    public void Udhcpc_gets_a_lease_on_bond0()
    {
        OptionalProgram.Require("busybox", "busybox-static");
        using var lab = WithServer();
        var said = lab.A.Run("busybox", "udhcpc", "-i", "bond0", "-n", "-q", "-f", "-s", "/bin/true", "-t", "10", "-T", "1").All;
        Assert.Contains("lease of 10.213.0.100 obtained", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Dhcpcd_that_leaves_members_alone_gets_a_lease_on_bond0()
    {
        OptionalProgram.Require("busybox", "busybox-static");
        OptionalProgram.Require("dhcpcd", "dhcpcd-base");
        using var lab = WithServer();
        // The paths of dhcpcd cannot be configured. A mount namespace gives it files of its own, so it changes none of the machine's.
        lab.A.Start(
            "unshare",
            "--mount",
            "bash",
            "-ec",
            "for folder in /var/lib/dhcpcd /run; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done; "
                + "exec dhcpcd --nobackground --nodev --ipv4only --noarp --config /dev/null --script /bin/true --denyinterfaces 'eth*' --denyinterfaces 'tdm-*'"
        );
        Shell.Until(() => Addresses(lab.A).Contains("bond0 10.213.0.100/24"), "dhcpcd gets a lease", seconds: 20);
        Assert.Equal(["bond0 10.213.0.100/24", "lo 127.0.0.1/8"], Addresses(lab.A).Order());
    }

    /// <summary>A bond without IPv4 address on host A, and a server with one address to give on host B.</summary>
    private static Lab WithServer()
    {
        var lab = new Lab().Bond("mode", "active-backup", "miimon", "100", "device_kind", "veth");
        lab.A.Ip("-4", "addr", "flush", "dev", "bond0");
        var configuration = Path.Combine(lab.B.Directory, "udhcpd.conf");
        File.WriteAllText(
            configuration,
            $"""
            start 10.213.0.100
            end 10.213.0.100
            interface bond0
            lease_file {configuration}.leases
            pidfile {configuration}.pid
            option subnet 255.255.255.0

            """
        );
        lab.B.Start("busybox", "udhcpd", "-f", configuration);
        Shell.Until(() => lab.B.Run("ss", "-Hlun").Output.Contains(":67", StringComparison.Ordinal), "the DHCP server listens");
        return lab;
    }

    private static string[] Addresses(Host host) =>
        [
            .. host.Ip("-4", "-o", "addr", "show")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(words => $"{words[1]} {words[3]}"),
        ];
}

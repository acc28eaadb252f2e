using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The driver's files mounted where programs look for them.</summary>
public sealed class MountTests
{
    [Fact]
    public void The_drivers_files_are_where_programs_look_for_them_and_follow_the_bonds()
    {
        using var lab = new Lab(cables: 2, start: false);
        var shell = new MountedShell(lab.A);
        lab.A.Service.Start();
        SetFarEndsUp(lab);
        shell.Tandem("link", "add", "bond0", "type", "bond", "mode", "active-backup", "miimon", "100");
        shell.Tandem("link", "set", "eth0", "master", "bond0");

        var mounted = shell.Run(Programs.Tandem, "shim", "mount");
        Assert.True(mounted.ExitCode == 0, mounted.All);
        Assert.Contains("Read-only file system", mounted.Error, StringComparison.Ordinal);
        Assert.Contains("tandem shim unmount", mounted.Error, StringComparison.Ordinal);
        // Existing bonds are shown at once.
        shell.Until("up", "cat /sys/class/net/eth0/bonding_slave/mii_status");
        Assert.Contains(
            "Bonding Mode: fault-tolerance (active-backup)",
            shell.Must("cat", "/proc/net/bonding/bond0"),
            StringComparison.Ordinal
        );
        Assert.Equal("active-backup 1\n", shell.Must("cat", "/sys/class/net/bond0/bonding/mode"));
        Assert.Equal("up\n", shell.Must("cat", "/sys/class/net/bond0/lower_eth0/bonding_slave/mii_status"));
        Assert.Equal("bond0\n", shell.Must("sh", "-c", "basename $(readlink -f /sys/class/net/eth0/master)"));
        Assert.Contains("mounted: /proc/net/bonding /sys/class/net/bond0 /sys/class/net/eth0", shell.Status, StringComparison.Ordinal);

        // The kernel's own files still work, and each process sees those of its own network namespace.
        lab.A.Ip("link", "set", "bond0", "mtu", "1400");
        Assert.Equal("1400\n", shell.Must("cat", "/sys/class/net/bond0/mtu"));
        Assert.Contains(
            "Read-only file system",
            shell.Run("sh", "-c", "echo 1300 >/sys/class/net/bond0/mtu").Error,
            StringComparison.Ordinal
        );
        foreach (
            var write in new[]
            {
                "echo 4 >/sys/class/net/bond0/bonding/mode",
                "rm /sys/class/net/bond0/bonding/miimon",
                "echo up >/sys/class/net/bond0/lower_eth0/bonding_slave/mii_status",
                "rm /proc/net/bonding/bond0",
                "rm /proc/net/dev",
                "touch /proc/net/other",
            }
        )
            Assert.Contains("Read-only file system", shell.Run("sh", "-c", write).Error, StringComparison.Ordinal);
        Assert.Contains("eth0:", shell.Must("cat", "/proc/net/dev"), StringComparison.Ordinal);
        Assert.DoesNotContain("eth0:", shell.Must("unshare", "-n", "cat", "/proc/net/dev"), StringComparison.Ordinal);
        Assert.Equal("", shell.Must("sh", "-c", "ls /proc/self/net | while read f; do [ -e /proc/net/$f ] || echo $f; done"));
        // The file appears later, as one of a module that was just loaded.
        shell.Must("sh", "-c", $"rm {lab.A.Directory}/mounts/*/net/route && ! cat /proc/net/route 2>/dev/null");
        shell.Until("", "cat /proc/net/route 2>&1 >/dev/null");

        // A container that mounts the host's /proc at another path.
        Assert.Contains(
            "Bonding Mode",
            shell.Must(
                "unshare",
                "-m",
                "sh",
                "-c",
                $"mkdir {lab.A.Directory}/c && mount --rbind /proc {lab.A.Directory}/c && cat {lab.A.Directory}/c/net/bonding/bond0"
            ),
            StringComparison.Ordinal
        );

        shell.Tandem("link", "set", "eth1", "master", "bond0");
        shell.Until("eth0 eth1", "cat /sys/class/net/bond0/bonding/slaves");
        shell.Until("active", "cat /sys/class/net/bond0/lower_eth0/bonding_slave/state");
        shell.Until("backup", "cat /sys/class/net/bond0/lower_eth1/bonding_slave/state");
        shell.Tandem("link", "set", "eth0", "nomaster");
        shell.Until("", "ls -d /sys/class/net/eth0/bonding_slave /sys/class/net/eth0/master /sys/class/net/bond0/lower_eth0 2>/dev/null");
        shell.Tandem("link", "set", "bond0", "name", "bond9");
        shell.Until("1400 active-backup 1", "echo $(cat /sys/class/net/bond9/mtu /sys/class/net/bond9/bonding/mode)");
        shell.Until("bond9", "ls /proc/net/bonding");
        shell.Tandem("link", "set", "eth1", "nomaster");
        lab.A.Ip("link", "set", "eth1", "name", "port1");
        shell.Tandem("link", "set", "port1", "master", "bond9");
        shell.Until("active", "cat /sys/class/net/bond9/lower_port1/bonding_slave/state");

        // A new device with the same name.
        shell.Tandem("link", "del", "bond9");
        shell.Until("", "ls -d /sys/class/net/port1/bonding_slave 2>/dev/null; grep overlay.tandem: /proc/self/mountinfo");
        shell.Tandem("link", "add", "bond9", "type", "bond", "mode", "balance-xor");
        shell.Until("balance-xor 2", "cat /sys/class/net/bond9/bonding/mode");

        Assert.Equal(0, shell.Run(Programs.Tandem, "shim", "unmount").ExitCode);
        AssertUntouched(shell);
        Assert.Empty(shell.Keepers);
    }

    [Fact]
    public void Mounts_stay_over_a_kill_and_go_with_a_stop()
    {
        using var lab = new Lab(cables: 1, start: false);
        var shell = new MountedShell(lab.A);
        lab.A.Service.Start();
        SetFarEndsUp(lab);
        shell.Tandem("link", "add", "bond0", "type", "bond", "mode", "balance-xor");
        shell.Tandem("link", "set", "eth0", "master", "bond0");
        Assert.Equal(0, shell.Run(Programs.Tandem, "shim", "mount").ExitCode);

        lab.A.Service.Kill();
        Assert.Equal("balance-xor 2\n", shell.Must("cat", "/sys/class/net/bond0/bonding/mode"));
        lab.A.Service.Start();
        shell.Tandem("link", "set", "bond0", "type", "bond", "miimon", "70");
        shell.Until("70", "cat /sys/class/net/bond0/bonding/miimon");
        shell.Until("up", "cat /sys/class/net/bond0/lower_eth0/bonding_slave/mii_status");

        Assert.Equal(0, lab.A.Service.Stop());
        shell.Until("self/net", "readlink /proc/net; grep overlay.tandem: /proc/self/mountinfo");
        lab.A.Service.Start();
        shell.Tandem("link", "add", "bond1", "type", "bond", "mode", "balance-rr");
        shell.Until("balance-rr 0", "cat /sys/class/net/bond1/bonding/mode");
        shell.Until("bond1", "ls /proc/net/bonding");

        // The next process replaces the mounts of a killed one.
        shell.KillKeeper();
        Assert.Equal("balance-rr 0\n", shell.Must("cat", "/sys/class/net/bond1/bonding/mode"));
        Assert.Equal(0, shell.Run(Programs.Tandem, "shim", "mount").ExitCode);
        Shell.Until(
            () =>
                File.ReadAllText(Path.Combine(lab.A.Directory, "mounts.log"))
                    .Contains("of an earlier process were removed", StringComparison.Ordinal),
            "the log says so"
        );
        // A second command starts no second process.
        Assert.Equal(0, shell.Run(Programs.Tandem, "shim", "mount").ExitCode);
        Assert.Single(shell.Keepers);
        shell.Until("1", "grep -c overlay.tandem: /proc/self/mountinfo");
        shell.Until("balance-rr 0", "cat /sys/class/net/bond1/bonding/mode");
        shell.KillKeeper();
        Assert.Equal(0, shell.Run(Programs.Tandem, "shim", "unmount").ExitCode);
        AssertUntouched(shell);
    }

    [Fact]
    public void Another_network_namespace_than_that_of_the_service_is_refused()
    {
        using var lab = new Lab(cables: 1, start: false);
        lab.A.Service.Start();
        using var other = new Host($"{lab.A.Namespace}x") { ServedBy = lab.A };
        var refused = other.TryTandem("shim", "mount");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{lab.A.Directory}/netns/{other.Namespace}", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_right_to_mount_nothing_is_changed_and_the_remedy_is_named()
    {
        using var lab = new Lab(cables: 1, start: false);
        lab.A.Service.Start();
        var shell = new MountedShell(lab.A);
        var refused = shell.Run("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", Programs.Tandem, "shim", "mount");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("CAP_SYS_ADMIN is missing; run the command as root", refused.Error, StringComparison.Ordinal);
        AssertUntouched(shell);
        Assert.Empty(shell.Keepers);
        Assert.False(Directory.Exists(Path.Combine(lab.A.Directory, "mounts")));
    }

    private static void SetFarEndsUp(Lab lab)
    {
        for (var i = 0; i < lab.Cables; i++)
            lab.B.Ip("link", "set", $"eth{i}", "up");
    }

    private static void AssertUntouched(MountedShell shell)
    {
        Assert.Equal("self/net\n", shell.Must("readlink", "/proc/net"));
        Assert.Equal(1, shell.Run("grep", "tandem:", "/proc/self/mountinfo").ExitCode);
        Assert.Contains("not mounted", shell.Status, StringComparison.Ordinal);
    }
}

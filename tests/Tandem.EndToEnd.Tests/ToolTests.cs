using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Tools of Debian with a bond: tools that read the driver's files, tools that use bond0 as any interface, and tools that give it addresses. They
/// behave as docs/tools.md says.
/// </summary>
public sealed class ToolTests(ToolTests.MountedBond bond) : IClassFixture<ToolTests.MountedBond>
{
    private const int IsMissing = 77;

    [Theory]
    [InlineData("node_exporter")]
    [InlineData("ansible")]
    [InlineData("facter")]
    [InlineData("sos")]
    [InlineData("ethtool")]
    [InlineData("keepalived")]
    [InlineData("frr")]
    [InlineData("ifupdown")]
    [InlineData("ifupdown2")]
    [InlineData("ifupdown_ng")]
    [InlineData("ifupdown_ng_bond")]
    [InlineData("networkd")]
    [InlineData("netplan")]
    [InlineData("NetworkManager")]
    public void A_tool_works_as_the_document_says(string tool)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "tools.sh");
        var folder = bond.Lab.A.Directory;
        var outcome = bond.Shell.Run("unshare", "-m", script, tool, Programs.Oracles, folder, Programs.Tandem, bond.Shims);
        Provided.Require(outcome.ExitCode != IsMissing, outcome.All);
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }

    /// <summary>bond0 of eth0 and eth1, with what <c>tandem shim</c> installs and mounts.</summary>
    public sealed class MountedBond : IDisposable
    {
        public MountedBond()
        {
            Lab = new Lab(start: false);
            Lab.A.Service.Start();
            Lab.A.Tandem("link", "add", "bond0", "type", "bond", "mode", "active-backup", "miimon", "100");
            foreach (var name in new[] { "eth0", "eth1" })
            {
                Lab.B.Ip("link", "set", name, "up");
                Lab.A.Tandem("link", "set", name, "master", "bond0");
            }
            Lab.A.Tandem("link", "set", "bond0", "up");
            Shell = new MountedShell(Lab.A);
            Shell.Tandem("shim", "mount");
            Shell.Until(
                "eth0 eth1 up up",
                "echo $(cat /sys/class/net/bond0/bonding/slaves /sys/class/net/eth[01]/bonding_slave/mii_status)"
            );
            Shims = Directory.CreateDirectory(Path.Combine(Lab.A.Directory, "shims")).FullName;
            ShimTests.WriteWrapper(Path.Combine(Shims, "ip"));
        }

        internal Lab Lab { get; }

        internal MountedShell Shell { get; }

        /// <summary>A folder with the ip of <c>tandem shim install</c>.</summary>
        public string Shims { get; }

        public void Dispose() => Lab.Dispose();
    }
}

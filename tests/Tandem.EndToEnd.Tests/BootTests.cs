using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Bonds of files when the service starts, as at boot.</summary>
public sealed class BootTests
{
    [Fact]
    public void Bonds_of_files_are_made_at_the_start_and_an_interface_that_comes_later_joins()
    {
        using var lab = new Lab(start: false);
        lab.B.Service.Start();
        lab.BondHost(lab.B, 2, "mode", "active-backup", "miimon", "50");
        // eth1 appears after the service has started.
        lab.A.Ip("link", "set", "eth1", "name", "late");
        var files = Path.Combine(lab.A.Directory, "files");
        Directory.CreateDirectory(files);
        File.WriteAllText(
            Path.Combine(files, "bonds.yaml"),
            """
            network:
              version: 2
              bonds:
                bond0:
                  interfaces: [eth0, eth1]
                  parameters: {mode: active-backup, mii-monitor-interval: 50, primary: eth1}
            """
        );
        string[] program = [Programs.Tandemd, "--socket", lab.A.Socket, "--state", lab.A.Service.State, "--config", files];
        using var first = lab.A.Start(program);
        Shell.Until(() => lab.A.TryTandem("show", "bond0").ExitCode == 0, "the bond is made");
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bond carries frames");
        lab.A.Ip("link", "set", "late", "name", "eth1");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "the interface that came later is a member, and the primary");

        // The next start keeps changes made by commands: it makes only bonds that do not run.
        lab.A.Tandem("link", "set", "eth0", "nomaster");
        first.Kill();
        first.WaitForExit();
        File.WriteAllText(Path.Combine(files, "z.yaml"), "network: {bonds: {bond1: {interfaces: [eth0], parameters: {lacp-rat: fast}}}}");
        using var second = lab.A.Start(program);
        Shell.Until(() => lab.A.TryTandem("show", "bond0").ExitCode == 0, "the next service takes the bond over");
        Assert.Equal("bond0", lab.A.Tandem("-br", "link", "show", "type", "bond").Split(' ')[0]);
        Assert.DoesNotContain("eth0", lab.A.Tandem("show", "bond0"), StringComparison.Ordinal);
        // An error in one file keeps all files from being used.
        Assert.Equal(1, lab.A.TryTandem("show", "bond1").ExitCode);
        Shell.Until(
            () => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0,
            "a file that cannot be read keeps the bonds that run"
        );
    }
}

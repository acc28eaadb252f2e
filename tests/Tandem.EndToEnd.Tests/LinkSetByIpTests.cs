using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The command sets every interface: bonds and members through the service, all others by <c>ip</c>.</summary>
public sealed class LinkSetByIpTests
{
    [Fact]
    public void Every_word_of_link_set_does_what_it_says()
    {
        using var lab = new Lab(cables: 2, start: false);
        var host = lab.A;
        host.Service.Start();
        host.Ip("link", "add", "bond0", "type", "bridge");
        // The name bond0 is taken.
        host.Tandem("link", "add", "type", "bond", "mode", "active-backup");

        host.Tandem("link", "set", "eth0", "mtu", "1400", "up");
        Assert.True(IsUp("eth0"));
        Assert.Equal(1400, host.KernelLink("eth0")!.Value.GetProperty("mtu").GetInt32());

        host.Tandem("link", "set", "eth0", "down", "master", "bond1");
        Assert.Equal("bond1", host.Link("eth0").GetProperty("master").GetString());

        host.Tandem("link", "set", "bond1", "alias", "to the rack", "txqueuelen", "77");
        Assert.Equal("to the rack", host.KernelLink("bond1")!.Value.GetProperty("ifalias").GetString());

        host.Tandem("link", "set", "bond1", "name", "uplink");
        Shell.Until(() => host.TryTandem("show", "uplink").ExitCode == 0, "the bond has its new name");

        host.Tandem("link", "set", "eth0", "nomaster", "up");
        Assert.True(IsUp("eth0"));
        Assert.DoesNotContain("eth0", host.Tandem("link", "show"), StringComparison.Ordinal);

        host.Tandem("link", "set", "eth1", "nomaster", "up");
        Assert.True(IsUp("eth1"));
        Assert.Equal(2, host.TryTandem("link", "set", "eth1", "mtu", "7").ExitCode);
        Assert.Equal(1, host.TryTandem("link", "set", "nosuch", "alias", "x").ExitCode);

        bool IsUp(string name) => host.KernelLink(name)!.Value.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP");
    }

    [Fact]
    public void The_monitor_goes_on_with_the_next_service()
    {
        using var lab = new Lab(cables: 0, start: false);
        var host = lab.A;
        host.Service.Start();
        var (output, error) = (Path.Combine(host.Directory, "events"), Path.Combine(host.Directory, "errors"));
        host.Start("bash", "-c", $"exec {Programs.Tandem} monitor >{output} 2>{error}");
        Told("bond0");
        host.Service.Kill();
        Shell.Until(() => File.ReadAllText(error).Contains("waiting for it to come back", StringComparison.Ordinal), "the monitor says so");
        host.Service.Start();
        Told("bond1");
        Assert.Single(File.ReadAllLines(error));

        // The event stream is open once a change arrives on it.
        void Told(string bond) =>
            Shell.Until(
                () =>
                {
                    host.Tandem("link", "add", bond, "type", "bond");
                    host.Tandem("link", "del", bond);
                    return File.Exists(output) && File.ReadAllText(output).Contains($"{bond}: bond-removed", StringComparison.Ordinal);
                },
                $"the monitor is told of {bond}"
            );
    }
}

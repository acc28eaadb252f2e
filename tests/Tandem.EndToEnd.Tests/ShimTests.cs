using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The commands that users know, with Tandem behind them.</summary>
public sealed class ShimTests
{
    // Another seed gives other lines.
    private const int Seed = 20261129;

    // Enough for a third of the lines; a quiet machine needs ten seconds.
    private const int EnoughSeconds = 40;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    [Fact]
    public void What_every_tutorial_says_works_with_the_real_sudo_modprobe_and_ip()
    {
        foreach (var program in new[] { "sudo", "modprobe" })
            Provided.Require(Shell.Run("sh", "-c", $"command -v {program}").ExitCode == 0, $"{program} is not installed");
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "shim.sh");
        var outcome = Shell.Run(s_limit, script, Path.GetDirectoryName(Programs.Tandem)!);
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }

    [Fact]
    public void A_thousand_lines_without_bonds_give_what_ip_gives()
    {
        using var lab = new Lab(cables: 1, start: false);
        var host = lab.A;
        host.Must("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        host.Ip("link", "add", "v0", "type", "veth", "peer", "name", "v1");
        host.Ip("link", "add", "br0", "type", "bridge");
        host.Ip("link", "set", "v1", "master", "br0");
        foreach (var name in new[] { "v0", "v1", "br0" })
            host.Ip("link", "set", name, "up");
        host.Ip("addr", "add", "10.1.0.1/24", "dev", "v0");
        host.Ip("neigh", "add", "10.1.0.9", "lladdr", "02:00:00:00:00:09", "dev", "v0");
        var lines = new IpLines(Seed);

        Compare(host, lines.Take(300, withLists: true));
        host.Service.Start();
        // A service without bonds makes no difference.
        Compare(host, lines.Take(200, withLists: true));
        host.Tandem("link", "add", "bond0", "type", "bond", "mode", "active-backup");
        host.Tandem("link", "set", "eth0", "master", "bond0");
        Compare(host, lines.Take(500, withLists: false));
    }

    private static void Compare(Host host, IEnumerable<string> lines)
    {
        var file = Path.Combine(host.Directory, "lines");
        File.WriteAllLines(file, lines);
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "ip-lines.sh");
        var outcome = Shell.Run(s_limit, host.Command([script, Wrapper(host), RealIp, file, $"{EnoughSeconds}"]));
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }

    private static string RealIp => Shell.Must("sh", "-c", "PATH=/usr/sbin:/sbin:/usr/bin:/bin command -v ip").Trim();

    private static string Wrapper(Host host)
    {
        var path = Path.Combine(host.Directory, "ip");
        WriteWrapper(path);
        return path;
    }

    /// <summary>Writes the script ip as "tandem shim install" writes it.</summary>
    internal static void WriteWrapper(string path)
    {
        var template = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Shim", "ip"));
        File.WriteAllText(
            path,
            template.Replace("@IP@", RealIp, StringComparison.Ordinal).Replace("@TANDEM@", Programs.Tandem, StringComparison.Ordinal)
        );
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>One service for the bonds of several network namespaces: host A's service also has the bonds of host B and others.</summary>
public sealed class OneServiceTests
{
    private const string Netns = "netns";

    [Theory]
    [InlineData("ebpf")]
    [InlineData("csharp")]
    public void Bonds_of_the_same_name_in_two_namespaces_carry_frames_and_fail_over(string path)
    {
        using var lab = Started();
        Bond(lab, path);
        Assert.Equal(
            [("bond0", null), ("bond0", lab.B.Namespace)],
            Shown(lab.A, "-a", "-j", "show").Select(bond => (bond.Name, bond.Netns))
        );
        Assert.Equal([("bond0", lab.B.Namespace)], Shown(lab.B, "-j", "show").Select(bond => (bond.Name, bond.Netns)));
        Assert.Equal(["bond0"], Shown(lab.A, "-j", "show").Select(bond => bond.Name));
        // Shown by the namespace's name as well as from inside.
        Assert.Equal(lab.B.Tandem("show", "bond0"), lab.A.Tandem("-n", lab.B.Namespace, "show", "bond0"));
        Assert.Contains($"{lab.B.Namespace}/bond0:", lab.A.Tandem("-a", "show"), StringComparison.Ordinal);

        var monitor = lab.A.Start(Programs.Tandem, "-a", "monitor");
        var heard = new List<string>();
        monitor.OutputDataReceived += (_, line) =>
        {
            lock (heard)
                heard.Add(line.Data ?? "");
        };
        monitor.BeginOutputReadLine();
        Shell.Until(
            () =>
            {
                lab.A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth1");
                lab.A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth0");
                lock (heard)
                    return heard.Count > 0;
            },
            "the monitor hears events"
        );
        // A's end of the cable goes down, so the bond in B's namespace sees its carrier go.
        lab.A.Ip("link", "set", "eth0", "down");
        Shell.Until(() => lab.B.BondData("active_slave") == "eth1", "the bond in the other namespace fails over");
        Answers(lab);
        Shell.Until(
            () =>
            {
                lock (heard)
                    return heard.Exists(line => line.Contains($"{lab.B.Namespace}/bond0 eth0: link-down", StringComparison.Ordinal));
            },
            "the event names the namespace"
        );
        Assert.Contains($"{lab.B.Namespace}: bond0: ", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.B.KernelLink("bond0"));
        Assert.Equal("", lab.B.Run("nft", "list", "ruleset").Output);
    }

    [Theory]
    [InlineData("ebpf", false)]
    [InlineData("ebpf", true)]
    [InlineData("csharp", true)]
    public void Bonds_of_other_namespaces_are_taken_over(string path, bool isReload)
    {
        using var lab = Started();
        Bond(lab, path);
        var number = lab.B.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32();
        if (isReload)
            Shell.Signal(lab.A.Service.Pid, 1);
        else
        {
            lab.A.Service.Kill();
            lab.A.Service.Start();
        }
        Shell.Until(
            () => lab.A.Service.Log.Contains($"{lab.B.Namespace}: bond0: taken over", StringComparison.Ordinal),
            "the bond of the other namespace is taken over without a request from there"
        );
        Assert.Equal(number, lab.B.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32());
        lab.A.Ip("link", "set", "eth0", "down");
        Shell.Until(() => lab.B.BondData("active_slave") == "eth1", "failover works after the takeover");
        Answers(lab);
        lab.B.Tandem("link", "del", "bond0");
        Assert.Null(lab.B.KernelLink("bond0"));
        Assert.NotNull(lab.A.KernelLink("bond0"));
    }

    [Fact]
    public void Flush_removes_the_bonds_of_all_namespaces()
    {
        using var lab = Started();
        Bond(lab, "ebpf");
        lab.A.Service.Kill();
        lab.A.Must(Programs.Tandemd, "--flush", "--state", lab.A.Service.State);
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Null(lab.B.KernelLink("bond0"));
        Assert.Equal("", lab.B.Run("nft", "list", "ruleset").Output);
        Assert.Empty(Directory.GetFiles(lab.A.Service.State, "*.json"));
    }

    [Fact]
    public void A_namespace_that_goes_takes_its_bonds_along_and_really_goes()
    {
        using var lab = Started();
        Bond(lab, "ebpf");
        Shell.Must("ip", "netns", "del", lab.B.Namespace);
        // The other ends of A's cables were in the namespace.
        Shell.Until(() => lab.A.Run("ip", "link", "show", "dev", "eth0").ExitCode != 0, "the namespace ends");
        Shell.Until(() => Shown(lab.A, "-a", "-j", "show").Count == 1, "its bond is gone");
        Assert.Contains("no process is in it any more", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
    }

    [Fact]
    public void A_namespace_without_a_name_is_served_as_long_as_a_process_is_in_it()
    {
        using var lab = Started();
        using var holder = Shell.Start("unshare", "-n", "sleep", "60");
        try
        {
            // Until the process has a namespace of its own, it is in the test's namespace.
            Shell.Until(
                () => new FileInfo($"/proc/{holder.Id}/ns/net").LinkTarget != new FileInfo("/proc/self/ns/net").LinkTarget,
                "the namespace is made"
            );
            string[] inside = ["nsenter", "-t", $"{holder.Id}", "-n", "env", $"TANDEM_SOCKET={lab.A.Socket}", Programs.Tandem];
            Shell.Must([.. inside, "link", "add", "bond7", "type", "bond"]);
            var there = Assert.Single(Shown(lab.A, "-a", "-j", "show"));
            Assert.StartsWith("net:[", there.Netns, StringComparison.Ordinal);
            Assert.Contains(
                "bond7",
                Shell.Must("nsenter", "-t", $"{holder.Id}", "-n", "ip", "link", "show", "bond7"),
                StringComparison.Ordinal
            );
        }
        finally
        {
            holder.Kill();
            holder.WaitForExit();
        }
        Shell.Until(() => Shown(lab.A, "-a", "-j", "show").Count == 0, "the bond goes with the last process");
    }

    [Fact]
    public void Another_namespace_is_open_only_to_those_who_administer_it()
    {
        using var lab = Started();
        var refused = lab.B.Run("setpriv", "--bounding-set=-net_admin", Programs.Tandem, "link", "add", "bond0", "type", "bond");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("CAP_NET_ADMIN", refused.Error, StringComparison.Ordinal);
        Assert.Null(lab.B.KernelLink("bond0"));
        Assert.Contains(
            "CAP_NET_ADMIN",
            lab.B.Run("setpriv", "--bounding-set=-net_admin", Programs.Tandem, "show").Error,
            StringComparison.Ordinal
        );
        // Only clients in the service's own namespace see all bonds.
        Assert.Contains("service's own namespace", lab.B.TryTandem("-a", "show").Error, StringComparison.Ordinal);
        Assert.Contains("/run/netns/tdm-none", lab.A.TryTandem("-n", "tdm-none", "show").Error, StringComparison.Ordinal);
        // A second service for a namespace that is already served would control the same bonds.
        lab.B.Tandem("link", "add", "bond0", "type", "bond");
        var second = lab.B.Run(Programs.Tandemd, "--socket", Path.Combine(lab.B.Directory, "s"), "--state", lab.A.Service.State);
        Assert.Equal(3, second.ExitCode);
    }

    private static Lab Started()
    {
        var lab = new Lab(start: false);
        lab.A.Service.Start();
        lab.B.ServedBy = lab.A;
        return lab;
    }

    private static void Bond(Lab lab, string path)
    {
        foreach (var (host, number) in ((Host, int)[])[(lab.A, 1), (lab.B, 2)])
            lab.BondHost(host, number, "mode", "active-backup", "miimon", "50", "data_path", path, "primary", "eth0");
        Answers(lab);
    }

    private static void Answers(Lab lab) =>
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bonds answer");

    private static List<(string Name, string? Netns)> Shown(Host host, params string[] command) =>
        [
            .. JsonDocument
                .Parse(host.Tandem(command))
                .RootElement.EnumerateArray()
                .Select(bond =>
                    (bond.GetProperty("name").GetString()!, bond.TryGetProperty(Netns, out var name) ? name.GetString() : null)
                ),
        ];
}

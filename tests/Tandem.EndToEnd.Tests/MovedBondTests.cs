using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>bond0 in another network namespace, such as a container's, while the service and the members stay.</summary>
public sealed class MovedBondTests
{
    [Fact]
    public void A_bond_that_was_moved_goes_on_and_is_run_from_where_its_service_is()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "50", "primary", "eth0", "device_kind", "veth");
        using var web = Moved(lab);
        Shell.Until(
            () => lab.A.Service.Log.Contains("bond0: notice: moved to another network namespace", StringComparison.Ordinal),
            "the service says so"
        );
        Assert.Contains("bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP>", lab.A.Tandem("link", "show", "bond0"), StringComparison.Ordinal);
        lab.Cut(0);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over");
        Shell.Until(() => web.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "frames flow after the failover");
        lab.Mend(0);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0", "eth0 is active again");

        // Addresses in a namespace other than the service's are announced.
        var capture = new Capture(lab.B, "eth1", "arp");
        lab.A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth1");
        lab.B.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth1");
        Shell.Until(
            () => capture.Count("> ff:ff:ff:ff:ff:ff", "Request who-has 10.213.0.1", "tell 10.213.0.1,") > 0 ? null : capture.Text,
            "the address is announced"
        );

        lab.A.Service.Kill();
        Answers(web);
        lab.A.Service.Start();
        Shell.Until(() => lab.A.Service.Log.Contains("bond0: taken over", StringComparison.Ordinal), "the next service takes over");
        Answers(web);
        lab.A.Tandem("link", "del", "bond0");
        Assert.Null(web.KernelLink("bond0"));
        Assert.Null(lab.A.KernelLink("tdm-bond0"));
    }

    [Fact]
    public void A_cut_cable_is_noticed_although_the_bond_has_the_number_of_a_member_there()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        var number = lab.A.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32();
        using var web = new Host($"{lab.A.Namespace}w");
        // bond0's number is taken there, so it gets the next one, which is eth0's here: numbers start at 2 in each namespace.
        web.Ip("link", "add", "x", "index", $"{number}", "type", "veth", "peer", "name", "y", "index", $"{number + 1}");
        lab.A.Ip("link", "set", "bond0", "netns", web.Namespace);
        web.Ip("link", "set", "bond0", "up");
        Assert.Equal(
            lab.A.KernelLink("eth0")!.Value.GetProperty("ifindex").GetInt32(),
            web.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32()
        );
        Shell.Until(
            () => lab.A.Service.Log.Contains("moved to another network namespace", StringComparison.Ordinal),
            "the move is noticed"
        );
        Assert.Equal("eth0", lab.A.BondData("active_slave"));
        lab.Cut(0);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over");
    }

    [Fact]
    public void The_end_of_its_namespace_is_the_end_of_the_bond()
    {
        using var lab = new Lab();
        var before = lab.A.KernelLink("eth1")!.Value.GetProperty("address").GetString();
        lab.Bond("mode", "active-backup", "device_kind", "veth");
        Moved(lab).Dispose();
        Shell.Until(() => lab.A.Service.Log.Contains("bond0: bond-removed: ", StringComparison.Ordinal), "the bond ends");
        Assert.Contains("or the network namespace where it was, was removed by someone else", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Null(lab.A.KernelLink("tdm-bond0"));
        Assert.Equal(before, lab.A.KernelLink("eth1")!.Value.GetProperty("address").GetString());
    }

    [Fact]
    public void Changes_to_a_bond_that_was_moved_reach_it_and_no_other_interface()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        var number = lab.A.KernelLink("bond0")!.Value.GetProperty("ifindex").GetInt32();
        using var web = Moved(lab);
        // Another interface now has bond0's former number here.
        lab.A.Ip("link", "add", "other", "index", $"{number}", "type", "veth", "peer", "name", "end");
        lab.A.Tandem("link", "set", "bond0", "mtu", "1400");
        lab.A.Tandem("link", "set", "bond0", "address", "02:00:00:00:00:42");
        var link = web.KernelLink("bond0")!.Value;
        Assert.Equal(1400, link.GetProperty("mtu").GetInt32());
        Assert.Equal("02:00:00:00:00:42", link.GetProperty("address").GetString());
        Assert.Equal(1500, lab.A.KernelLink("other")!.Value.GetProperty("mtu").GetInt32());
        lab.A.Tandem("link", "set", "bond0", "down");
        Assert.DoesNotContain("UP", web.Ip("-br", "link", "show", "bond0").Split('<')[1], StringComparison.Ordinal);
        lab.A.Tandem("link", "set", "bond0", "up");
        Shell.Until(() => web.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "it answers");
    }

    /// <summary>A host without a service that has bond0 of host A, with its address.</summary>
    private static Host Moved(Lab lab)
    {
        var web = new Host($"{lab.A.Namespace}w");
        lab.A.Ip("link", "set", "bond0", "netns", web.Namespace);
        web.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        web.Ip("link", "set", "bond0", "up");
        Shell.Until(() => web.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "it answers from there");
        Answers(web);
        return web;
    }

    private static void Answers(Host web) =>
        Assert.Contains(" 0% packet loss", web.Must("ping", "-q", "-i0.01", "-c20", "10.213.0.2"), StringComparison.Ordinal);
}

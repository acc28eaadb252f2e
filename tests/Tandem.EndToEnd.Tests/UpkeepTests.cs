using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Changes of a member by other programs are undone.</summary>
public sealed class UpkeepTests
{
    private const string Foreign = "02:00:00:00:77:77";

    [Fact]
    public void A_member_whose_MTU_or_address_somebody_changes_gets_it_back()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "primary", "eth0");
        var address = Address(lab.A, "bond0");
        lab.A.Ip("link", "set", "eth0", "mtu", "1400");
        Shell.Until(() => Mtu(lab.A, "eth0") == 1500, "the MTU is put back");
        lab.A.Ip("link", "set", "eth0", "address", Foreign);
        Shell.Until(() => Address(lab.A, "eth0") == address, "the address is put back");
        Shell.Until(() => lab.A.Said("eth0", "notice", "its MTU was changed from 1500 to 1400: put back") == 1, "it is said");
        Shell.Until(
            () => lab.A.Said("eth0", "notice", $"its address was changed from {address} to {Foreign}: put back") == 1,
            "it is said"
        );
        // Changes of the bond itself are not undone.
        lab.A.Ip("link", "set", "bond0", "mtu", "9000");
        Shell.Until(() => Mtu(lab.A, "eth0") == 9000 && Mtu(lab.A, "eth1") == 9000, "members follow");
        lab.A.Tandem("link", "set", "bond0", "address", "02:00:00:00:88:88", "mtu", "1600");
        lab.Cut(0);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "the other member takes over");
        lab.A.Ip("link", "set", "eth1", "mtu", "3000");
        Shell.Until(() => lab.A.Said("eth1", "notice", "from 1600 to 3000: left so") == 1, "a larger MTU is said");
        Assert.Equal(3000, Mtu(lab.A, "eth1"));
        Assert.Equal(2, lab.A.Said("eth0", "notice"));
        Assert.Equal(1, lab.A.Said("eth1", "notice"));
    }

    [Fact]
    public void Who_changes_an_address_again_and_again_gets_it_and_no_frame_is_lost_for_it()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "primary", "eth0");
        var address = Address(lab.A, "bond0");
        for (var i = 1; i <= 4; i++)
        {
            lab.A.Ip("link", "set", "eth0", "address", Foreign);
            if (i < 4)
                Shell.Until(() => Address(lab.A, "eth0") == address, "the address is put back");
        }
        Shell.Until(() => lab.A.Said("eth0", "notice", "left so for 60 s") == 1, "it is left, and said");
        Assert.Equal(Foreign, Address(lab.A, "eth0"));
        Assert.Equal(1, lab.A.KernelLink("eth0")!.Value.GetProperty("promiscuity").GetInt32());
        Assert.Equal("eth0", lab.A.BondData("active_slave"));
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        // The bond's next change starts the attempts anew.
        lab.A.Tandem("link", "set", "bond0", "address", "02:00:00:00:88:88");
        Assert.Equal("02:00:00:00:88:88", Address(lab.A, "eth0"));
        Assert.Equal(0, lab.A.KernelLink("eth0")!.Value.GetProperty("promiscuity").GetInt32());
    }

    private static int Mtu(Host host, string name) => int.Parse(Read(host, name, "mtu"), CultureInfo.InvariantCulture);

    private static string Address(Host host, string name) => Read(host, name, "address");

    private static string Read(Host host, string name, string what) => host.KernelLink(name)!.Value.GetProperty(what).ToString();
}

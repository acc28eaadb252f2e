using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Tandem.EndToEnd.Tests;

// The device of a bond: how frames pass it, and how the next service takes it over.
public sealed partial class FastPathTests
{
    [Theory]
    [InlineData("device_kind", "tap")]
    [InlineData("device", "fast")]
    public void What_goes_past_the_device_is_counted_all_the_same(string option, string value)
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "100", option, value);
        var before = Frames(lab.A);
        lab.A.Must("ping", "-c50", "-i0.01", "10.213.0.2");
        var after = Frames(lab.A);
        Assert.InRange(after.Sent - before.Sent, 50, 60);
        Assert.InRange(after.Received - before.Received, 50, 60);
        Assert.InRange(int.Parse(lab.A.Must("cat", "/sys/class/net/bond0/statistics/tx_packets"), CultureInfo.InvariantCulture), 0, 40);
        // Counters do not go back when a member leaves, or when the next service takes over.
        lab.A.Tandem("link", "set", "eth0", "nomaster");
        lab.A.Service.Kill();
        lab.A.Service.Start();
        var later = Frames(lab.A);
        Assert.True(later.Sent >= after.Sent && later.Received >= after.Received, $"{after} became {later}");
    }

    [Fact]
    public void Frames_take_the_short_cut_and_come_back_under_traffic_without_loss()
    {
        using var lab = new Lab().Bond("mode", "balance-rr");
        using var ping = lab.A.Start("ping", "-i0.002", "-c1000", "-q", "10.213.0.2");
        for (var round = 0; round < 4; round++)
        {
            lab.A.Tandem("link", "set", "bond0", "type", "bond", "device", "fast");
            Assert.Contains("(device fast)", lab.A.Tandem("-d", "link", "show", "bond0"), StringComparison.Ordinal);
            lab.A.Tandem("link", "set", "bond0", "type", "bond", "device", "exact");
        }
        Assert.False(ping.HasExited, "the changes took longer than the traffic");
        NothingLost(ping);
        Assert.True(Frames(lab.A).Sent >= 1000);
    }

    [Fact]
    public void Frames_of_a_pair_are_the_kernels_alone()
    {
        using var lab = new Lab().Bond("mode", "balance-rr");
        var refused = lab.A.TryTandem("link", "set", "bond0", "type", "bond", "data_path", "csharp");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("create it again with data_path csharp", refused.Error, StringComparison.Ordinal);
        var together = lab.A.TryTandem("link", "add", "bond1", "type", "bond", "data_path", "csharp", "device_kind", "veth");
        Assert.Equal(2, together.ExitCode);
        Assert.Contains("device_kind veth: cannot be used together with data_path csharp", together.Error, StringComparison.Ordinal);
        var late = lab.A.TryTandem("link", "set", "bond0", "type", "bond", "device_kind", "tap");
        Assert.Equal(2, late.ExitCode);
        Assert.Contains("device_kind tap: the bond was created with device_kind auto", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_with_fewer_rights_leaves_a_pair_as_it_is_for_one_that_has_them()
    {
        string[] fewer = ["setpriv", "--bounding-set", "-bpf,-sys_admin", "--inh-caps", "-bpf,-sys_admin"];
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "50");
        using var ping = lab.A.Start("ping", "-i0.002", "-c2000", "-q", "10.213.0.2");
        lab.A.Service.Kill();
        lab.A.Service.Start(fewer);
        Assert.Contains("bond0: cannot be taken over, and is left as it is", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Contains("CAP_BPF", lab.A.Service.Log, StringComparison.Ordinal);
        var taken = lab.A.TryTandem("link", "add", "bond0", "type", "bond");
        Assert.Contains("File exists", taken.Error, StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
        lab.A.Service.Start();
        NothingLost(ping);
        Assert.Contains("bond0: taken over", lab.A.Service.Log, StringComparison.Ordinal);
        lab.Cut(0);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "failover works after the take-over");
    }

    [Fact]
    public void A_bond_that_an_earlier_version_made_is_taken_over_with_its_tap_device_and_that_is_told()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "50", "device_kind", "tap");
        using var ping = lab.A.Start("ping", "-i0.002", "-c1000", "-q", "10.213.0.2");
        lab.A.Service.Kill();
        // Earlier versions had no kinds of devices.
        var file = Assert.Single(Directory.EnumerateFiles(lab.A.Service.State, "*.json"));
        var state = JsonNode.Parse(File.ReadAllText(file))!;
        state["options"]!.AsObject().Remove("device_kind");
        File.WriteAllText(file, state.ToJsonString());
        lab.A.Service.Start();
        NothingLost(ping);
        Assert.Contains("its device is a TAP device, as an earlier version made it", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Equal("tap", lab.A.Link("bond0").GetProperty("linkinfo").GetProperty("device_kind").GetString());
    }
}

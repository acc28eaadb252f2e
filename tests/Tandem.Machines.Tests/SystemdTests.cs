using Tandem.EndToEnd.Tests;
using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>The service under systemd, installed as the documents say.</summary>
public sealed class SystemdTests
{
    // The accepted result of `systemd-analyze security`, in tenths. Root, its capabilities, its sockets and the host's network cost the most.
    private const string MostExposure = "24";

    [Fact]
    public void Systemd_runs_ends_replaces_and_restarts_the_service_and_bonds_outlive_it()
    {
        var output = Guest.Play(new Machine("6.12") { System = true }, "machine-systemd.sh", 600, MostExposure);
        Assert.EndsWith("ok: shutdown\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_unit_that_makes_a_bond_is_the_one_in_README()
    {
        var script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scripts", "machine-systemd.sh"));
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Programs.Guest)!, "..", "README.md"));
        var unit = Between(script, "bond0.service <<'END'\n", "END\n");
        var guard = Between(script, "/usr/local/sbin/bond0 <<'END'\n", "ip link");
        Assert.Contains(unit, readme, StringComparison.Ordinal);
        Assert.Contains(guard, readme, StringComparison.Ordinal);
    }

    private static string Between(string text, string start, string end) => text.Split(start)[1].Split(end)[0];
}

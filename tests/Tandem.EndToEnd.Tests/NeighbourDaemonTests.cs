using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>LLDP and 802.1X daemons, which talk to the switch on each of its ports, can do so on members, active or standby.</summary>
public sealed class NeighbourDaemonTests
{
    private static readonly string[] Members = ["eth0", "eth1"];

    [Fact]
    public void Lldpd_sees_its_neighbour_at_each_member_and_is_seen_from_there()
    {
        OptionalProgram.Require("lldpd", "lldpd");
        using var lab = BondOnOneHost();
        Host[] hosts = [lab.A, lab.B];
        foreach (var host in hosts)
            StartLldpd(host);
        Shell.Until(
            () =>
            {
                // The other daemon may not have run when this one first sent. By itself, it sends again after half a minute.
                foreach (var host in hosts)
                    host.Run("lldpcli", "-u", SocketOf(host), "update");
                var seen = hosts.Select(NeighboursOf).ToList();
                return seen.TrueForAll(ports => ports == "eth0>eth0 eth1>eth1") ? null : string.Join("; ", seen);
            },
            "lldpd sees both ports",
            seconds: 50
        );
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("eth1")]
    public void Wpa_supplicant_opens_the_port_of_a_member(string member)
    {
        OptionalProgram.Require("wpa_supplicant", "wpasupplicant");
        OptionalProgram.Require("hostapd", "hostapd");
        using var lab = BondOnOneHost();
        StartAuthenticator(lab.B, member);
        var control = Path.Combine(lab.A.Directory, "wpa");
        var configuration = Path.Combine(lab.A.Directory, "wpa.conf");
        File.WriteAllText(
            configuration,
            $$"""
            ctrl_interface={{control}}
            ap_scan=0
            network={
              key_mgmt=IEEE8021X
              eap=MD5
              identity="user"
              password="password"
              eapol_flags=0
            }

            """
        );
        lab.A.Start("wpa_supplicant", "-D", "wired", "-i", member, "-c", configuration);
        Shell.Until(
            () =>
                lab.A.Run("wpa_cli", "-p", control, "-i", member, "status") is var status
                && status.Output.Contains("suppPortStatus=Authorized", StringComparison.Ordinal)
                    ? null
                    : status.All,
            "the port opens",
            seconds: 30
        );
    }

    /// <summary>A bond on host A, whose active member is eth0; host B is the switch, with a port at either cable.</summary>
    private static Lab BondOnOneHost()
    {
        var lab = new Lab(start: false);
        lab.A.Service.Start();
        lab.BondHost(lab.A, 1, "mode", "active-backup", "primary", "eth0");
        foreach (var port in Members)
            lab.B.Ip("link", "set", port, "up");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0" && lab.A.MemberData("eth1", "mii_status") == "UP", "both links are up");
        return lab;
    }

    // The folder of lldpd cannot be configured, and lldpd drops root.
    private static void StartLldpd(Host host)
    {
        Shell.Must("chmod", "0755", host.Directory);
        host.Start(
            "unshare",
            "--mount",
            "bash",
            "-ec",
            $"mkdir -p /run/lldpd; mount -t tmpfs tmpfs /run/lldpd; exec lldpd -d -u {SocketOf(host)} -I {string.Join(',', Members)} -C eth0"
        );
    }

    private static string SocketOf(Host host) => Path.Combine(host.Directory, "lldpd");

    /// <summary>Our port and the neighbour's, for each neighbour.</summary>
    private static string NeighboursOf(Host host)
    {
        var outcome = host.Run("lldpcli", "-u", SocketOf(host), "-f", "json0", "show", "neighbors");
        if (outcome.ExitCode != 0)
            return outcome.All;
        using var answer = JsonDocument.Parse(outcome.Output);
        if (!answer.RootElement.GetProperty("lldp")[0].TryGetProperty("interface", out var ports))
            return "no neighbours";
        return string.Join(
            ' ',
            ports
                .EnumerateArray()
                .Select(port =>
                    $"{port.GetProperty("name").GetString()}>{port.GetProperty("port")[0].GetProperty("descr")[0].GetProperty("value").GetString()}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    private static void StartAuthenticator(Host host, string port)
    {
        var users = Path.Combine(host.Directory, "users");
        File.WriteAllText(users, "\"user\" MD5 \"password\"\n");
        var configuration = Path.Combine(host.Directory, "hostapd.conf");
        File.WriteAllText(
            configuration,
            $"""
            interface={port}
            driver=wired
            ieee8021x=1
            eap_server=1
            eap_user_file={users}
            use_pae_group_addr=1

            """
        );
        host.Start("hostapd", configuration);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Devices above bond0 with addresses of their own: a switch learns them on the new active member.</summary>
public sealed partial class UpperDeviceTests
{
    private const string BridgeStation = "02:00:00:00:00:b0";
    private const string MacvlanStation = "02:00:00:00:00:ac";
    private const string HiddenStation = "02:00:00:00:00:dd";

    [Fact]
    public void A_bridge_and_machines_behind_it_are_reached_through_many_moves()
    {
        using var lab = new SwitchedLab();
        lab.AddBridge(BridgeStation, "10.213.0.1/24");
        var machine = lab.AddHost("vm", lab.A, "vm0");
        lab.A.Ip("link", "set", "vm0", "master", "br0");
        machine.Ip("addr", "add", "10.213.0.9/24", "dev", "eth0");
        string[] addresses = ["10.213.0.1", "10.213.0.9"];
        foreach (var address in addresses)
            Shell.Until(() => lab.C.Run("ping", "-c1", "-W1", address).ExitCode == 0, $"{address} answers");
        var pings = addresses.Select(address => lab.C.Start("ping", "-q", "-i0.01", "-c300", "-W1", address)).ToList();
        for (var move = 1; move <= 10; move++)
        {
            lab.Activate($"eth{move % 2}");
            // Waits only as long as these pings take; they need not be answered.
            lab.C.Run("ping", "-q", "-i0.01", "-c20", "-w1", addresses[0]);
        }
        foreach (var ping in pings)
        {
            var summary = ping.StandardOutput.ReadToEnd();
            var lost = Lost().Match(summary).Groups["percent"].Value;
            Assert.True(double.Parse(lost, CultureInfo.InvariantCulture) <= 10, summary);
        }
    }

    [Fact]
    public void A_bridge_a_macvlan_on_it_and_hidden_stations_are_announced_by_their_own_addresses()
    {
        using var lab = new SwitchedLab("resend_igmp", "3");
        lab.AddBridge(BridgeStation, "10.213.0.1/24");
        AddMacvlan(lab, "br0");
        var machine = lab.AddHost("vm", lab.A, "vm0");
        lab.A.Ip("link", "set", "vm0", "master", "br0");
        machine.Ip("addr", "add", "10.213.0.9/24", "dev", "eth0");
        Shell.Until(() => machine.Run("ping", "-c1", "-W1", "10.213.0.3").ExitCode == 0, "the machine reaches host C");
        var station = machine.KernelLink("eth0")!.Value.GetProperty("address").GetString()!;
        Join(lab.A, "br0");
        Announced(
            lab,
            [
                $"{BridgeStation} > ff:ff:ff:ff:ff:ff, ethertype ARP .*10.213.0.1 .*10.213.0.1,",
                $"{BridgeStation} > 33:33:00:00:00:01, .*neighbor advertisement",
                $"{BridgeStation} > 01:00:5e:00:00:16, .*10.213.0.1 > 224.0.0.22: igmp v3 report.*gaddr 239.1.2.3 to_ex",
                $"{BridgeStation} > 33:33:00:00:00:16, .*multicast listener report v2",
                $"{MacvlanStation} > ff:ff:ff:ff:ff:ff, ethertype ARP .*10.214.0.1 .*10.214.0.1,",
                $"{HiddenStation} > ff:ff:ff:ff:ff:ff, ethertype Reverse ARP .*who-is {HiddenStation} tell {HiddenStation}",
                $"{station} > ff:ff:ff:ff:ff:ff, ethertype Reverse ARP .*who-is {station} tell {station}",
            ]
        );
    }

    [Fact]
    public void A_macvlan_on_bond0_is_announced_by_its_own_address()
    {
        using var lab = new SwitchedLab("resend_igmp", "3");
        AddMacvlan(lab, "bond0");
        Join(lab.A, "mac");
        Announced(
            lab,
            [
                $"{MacvlanStation} > ff:ff:ff:ff:ff:ff, ethertype ARP .*10.214.0.1 .*10.214.0.1,",
                $"{MacvlanStation} > 33:33:00:00:00:01, .*neighbor advertisement",
                $"{MacvlanStation} > 01:00:5e:00:00:16, .*10.214.0.1 > 224.0.0.22: igmp v3 report.*gaddr 239.1.2.3 to_ex",
                $"{HiddenStation} > ff:ff:ff:ff:ff:ff, ethertype Reverse ARP .*who-is {HiddenStation} tell {HiddenStation}",
            ]
        );
    }

    [Fact]
    public void A_macvlan_on_bond0_talks_with_the_address_of_its_own()
    {
        using var lab = new Lab().Bond("mode", "balance-rr");
        foreach (var (host, number) in new[] { (lab.A, 1), (lab.B, 2) })
        {
            host.Ip("link", "add", "mac", "link", "bond0", "type", "macvlan", "mode", "bridge");
            host.Ip("link", "set", "mac", "up");
            host.Ip("addr", "add", $"10.214.0.{number}/24", "dev", "mac");
        }
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.214.0.2").ExitCode == 0, "the macvlan answers");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.02", "-c20", "10.214.0.2"), StringComparison.Ordinal);
    }

    /// <summary>Adds a macvlan in this namespace, and one in another namespace.</summary>
    private static void AddMacvlan(SwitchedLab lab, string lower)
    {
        lab.A.Ip("link", "add", "mac", "link", lower, "address", MacvlanStation, "type", "macvlan", "mode", "bridge");
        lab.A.Ip("link", "set", "mac", "up");
        lab.A.Ip("addr", "add", "10.214.0.1/24", "dev", "mac");
        lab.A.Ip("link", "add", "hidden", "link", lower, "address", HiddenStation, "type", "macvlan", "mode", "bridge");
        lab.A.Ip("link", "set", "hidden", "netns", lab.C.Namespace);
        lab.C.Ip("link", "set", "hidden", "up");
    }

    private static void Join(Host host, string device)
    {
        host.Start("socat", "-u", $"UDP4-RECV:9999,ip-add-membership=239.1.2.3:{device}", "OPEN:/dev/null");
        // The group's address in the machine's byte order.
        Shell.Until(() => host.Must("cat", "/proc/net/igmp").Contains("030201EF", StringComparison.Ordinal), "the group is joined");
    }

    /// <summary>Makes eth1 the active member and waits until its cable has seen frames of all forms.</summary>
    private static void Announced(SwitchedLab lab, string[] forms)
    {
        Shell.Until(
            () => lab.A.KernelLink("bond0")!.Value.GetProperty("operstate").GetString() != "DOWN" && NoTentative(lab.A),
            "bond0 is up and its addresses are checked"
        );
        var capture = lab.Switch.Start("tcpdump", "-i", "eth1", "-Q", "in", "-e", "-n", "-l", "-v");
        Shell.Until(() => capture.StandardError.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true, "tcpdump listens");
        var seen = Collect(capture);
        lab.Activate("eth1");
        Shell.Until(
            () =>
            {
                // With -v a packet has a second line, which is indented.
                string text;
                lock (seen)
                    text = seen.ToString().Replace("\n    ", " ", StringComparison.Ordinal);
                var missing = forms.Where(form => Count(text, form) < (IsRepeated(form) ? 2 : 1)).ToList();
                return missing.Count == 0 ? null : $"{string.Join('\n', missing)}\nin\n{text}";
            },
            "all are announced"
        );
    }

    // One report of a group may be the kernel's own, which repeats its report after the group was joined.
    private static bool IsRepeated(string form) => form.Contains("report", StringComparison.Ordinal);

    private static int Count(string text, string form) =>
        text.Split('\n').Count(line => Regex.IsMatch(line, form, RegexOptions.None, TimeSpan.FromSeconds(1)));

    private static bool NoTentative(Host host) => !host.Ip("-6", "addr", "show").Contains("tentative", StringComparison.Ordinal);

    private static StringBuilder Collect(Process process)
    {
        var seen = new StringBuilder();
        process.OutputDataReceived += (_, line) =>
        {
            lock (seen)
                seen.Append(line.Data).Append('\n');
        };
        process.BeginOutputReadLine();
        return seen;
    }

    [GeneratedRegex(@"(?<percent>[\d.]+)% packet loss", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lost();
}

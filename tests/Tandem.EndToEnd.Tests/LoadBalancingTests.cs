using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>balance-tlb and balance-alb at a learning switch, with many hosts behind it.</summary>
public sealed partial class LoadBalancingTests
{
    private const int SigHup = 1;
    private const int Members = 4;
    private const int Clients = 16;

    [Theory]
    [InlineData("auto")]
    [InlineData("csharp")]
    public void Peers_of_balance_alb_are_spread_over_the_members_and_follow_their_loss_and_return(string path)
    {
        using var lab = new SwitchedLab(Members, "balance-alb", "data_path", path);
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        var clients = Enumerable.Range(101, Clients).Select(lab.AddClient).ToList();
        var stations = Enumerable.Range(0, Members).Select(i => Station(lab.A, $"eth{i}")).ToList();
        Assert.Equal(Members, stations.Distinct().Count());
        Assert.Equal(Station(lab.A, "bond0"), stations[0]);
        foreach (var client in clients)
            Answers(client, "10.213.0.1");
        Shell.Until(() => Uneven(clients, stations, each: 4), "each member has four peers");

        // A broadcast request gives all peers the same address. The bond corrects that.
        lab.A.Run("ping", "-c1", "-W1", "10.213.0.250");
        Shell.Until(() => Uneven(clients, stations, each: 4), "each member has four peers again", 15);

        lab.Cut(2);
        Shell.Until(() => clients.Any(client => Told(client) == stations[2]) ? "a peer sends to eth2" : null, "no peer sends to eth2");
        foreach (var client in clients)
            Answers(client, "10.213.0.1");
        lab.Mend(2);
        Shell.Until(() => Uneven(clients, stations, each: 4), "eth2 has its peers back", 15);

        // The active member fails. Another one takes its address over, and each peer still has an address.
        lab.Cut(0);
        foreach (var client in clients)
            Answers(client, "10.213.0.1");
        Assert.Equal(Station(lab.A, "bond0"), Station(lab.A, lab.A.BondData("active_slave")!));
        lab.Mend(0);
        Shell.Until(
            () => Uneven(clients, [.. Enumerable.Range(0, Members).Select(i => Station(lab.A, $"eth{i}"))], each: 4),
            "all are even",
            15
        );

        // Frames of peers arrive by the members whose addresses they have.
        var before = Enumerable.Range(0, Members).Select(i => Received(lab.A, $"eth{i}")).ToList();
        foreach (var client in clients)
            client.Must("ping", "-q", "-c20", "-i0.01", "10.213.0.1");
        for (var i = 0; i < Members; i++)
            Assert.InRange(Received(lab.A, $"eth{i}") - before[i], 80, 200);
    }

    [Fact]
    public void Peers_are_answered_with_the_right_address_while_no_service_runs()
    {
        using var lab = new SwitchedLab(Members, "balance-alb");
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        var known = Enumerable.Range(101, 8).Select(lab.AddClient).ToList();
        foreach (var client in known)
            Answers(client, "10.213.0.1");
        var told = known.ConvertAll(Told);
        lab.A.Service.Kill();
        AskAnew(known);
        Assert.Equal(told, known.ConvertAll(Told));
        // Peers that appear only now are spread as well.
        var late = Enumerable.Range(121, 8).Select(lab.AddClient).ToList();
        foreach (var client in late)
            Answers(client, "10.213.0.1");
        Assert.Equal(Members, late.Select(Told).Distinct().Count());
        lab.A.Service.Start();
        Shell.Until(() => lab.A.TryTandem("show", "bond0").ExitCode == 0, "the next service has the bond");
        AskAnew([.. known, .. late]);
        Assert.Equal(told, known.ConvertAll(Told));
        Assert.Equal(Members, late.Select(Told).Distinct().Count());
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("csharp")]
    public void Peers_and_their_table_are_the_same_after_a_kill_and_a_reload(string path)
    {
        using var lab = new SwitchedLab(Members, "balance-alb", "data_path", path);
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        var clients = Enumerable.Range(101, Clients).Select(lab.AddClient).ToList();
        // Peers that ask before the service has read the host's addresses are not recorded yet.
        Shell.Until(
            () =>
            {
                AskAnew(clients);
                return Peers(lab.A).Count == Clients;
            },
            "all are known as peers"
        );
        Shell.Until(() => Uneven(clients, [.. Stations(lab)], each: 4), "each member has four peers");
        // After an exchange of addresses, the interfaces alone do not show the assignment.
        lab.Cut(0);
        Shell.Until(() => lab.A.BondData("active_slave") != "eth0", "another member is the active one");
        lab.Mend(0);
        Shell.Until(() => Uneven(clients, [.. Stations(lab)], each: 4), "each member has four peers again", 15);
        // Peers without a change of buckets are stored a little later.
        Shell.Until(
            () => Regex.Count(State(lab.A), "\"station\"") == Clients && !State(lab.A).Contains("tellings_left", StringComparison.Ordinal),
            "all peers are written, and none is to be told any more",
            20
        );
        var (before, told, stations) = (Peers(lab.A), clients.ConvertAll(Told), Stations(lab));
        Assert.Equal(Clients, before.Count);

        lab.A.Service.Kill();
        lab.A.Service.Start();
        AssertUnchanged();
        var pid = lab.A.Service.Pid;
        Shell.Signal(pid, SigHup);
        Shell.Until(
            () => Regex.Count(lab.A.Service.Log, "taken over from the previous service, with") == 2,
            "the next program has the bond"
        );
        AssertUnchanged();
        Assert.Equal(pid, lab.A.Service.Pid);

        // A member is lost while no service runs: only its peers move.
        lab.A.Service.Kill();
        lab.Cut(2);
        lab.A.Service.Start();
        Shell.Until(() => clients.Any(client => Told(client) == stations[2]) ? "a peer sends to eth2" : null, "no peer sends to eth2");
        Assert.All(clients.Zip(told), client => Assert.True(client.Second == stations[2] || client.Second == Told(client.First)));
        foreach (var client in clients)
            Answers(client, "10.213.0.1");

        void AssertUnchanged()
        {
            Assert.Equal(before, Peers(lab.A));
            Assert.Equal(told, clients.ConvertAll(Told));
            AskAnew(clients);
            Assert.Equal(before, Peers(lab.A));
            Assert.Equal(told, clients.ConvertAll(Told));
            Assert.Equal(stations, Stations(lab));
        }
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("csharp")]
    public void Flows_of_balance_tlb_leave_on_all_members_and_come_back_by_the_active_one(string path)
    {
        using var lab = new SwitchedLab(Members, "balance-tlb", "xmit_hash_policy", "layer3+4", "data_path", path);
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        Answers(lab.A, "10.213.0.3");
        lab.C.Start("iperf3", "-s", "-1");
        var before = Enumerable.Range(0, Members).Select(i => Sent(lab.A, $"eth{i}")).ToList();
        var received = Enumerable.Range(0, Members).Select(i => Received(lab.A, $"eth{i}")).ToList();
        Shell.Until(
            () => lab.A.Run("iperf3", "-c", "10.213.0.3", "-P", "64", "-u", "-b", "1M", "-t", "3", "-l", "1000").ExitCode == 0,
            "the flows pass",
            30
        );
        var shares = Enumerable.Range(0, Members).Select(i => Sent(lab.A, $"eth{i}") - before[i]).ToList();
        Assert.All(shares, share => Assert.InRange(share / (double)shares.Sum(), 0.1, 0.4));
        Assert.InRange(Received(lab.A, "eth0") - received[0], 20, long.MaxValue);
        Assert.All(Enumerable.Range(1, 3), i => Assert.InRange(Received(lab.A, $"eth{i}") - received[i], 0, 60));
        lab.Cut(0);
        Answers(lab.C, "10.213.0.1");
        Assert.NotEqual("eth0", lab.A.BondData("active_slave"));
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("balance-tlb")]
    [InlineData("balance-alb")]
    public void Guests_behind_a_bridge_on_the_bond_are_reached_through_moves_with_their_own_addresses(string mode)
    {
        using var lab = new SwitchedLab(2, mode);
        lab.AddBridge("02:00:00:00:00:b0", "10.213.0.1/24");
        var guests = new[] { 8, 9 }
            .Select(number =>
            {
                var guest = lab.AddHost($"vm{number}", lab.A, $"vm{number}");
                lab.A.Ip("link", "set", $"vm{number}", "master", "br0");
                guest.Ip("addr", "add", $"10.213.0.{number}/24", "dev", "eth0");
                return guest;
            })
            .ToList();
        string[] addresses = ["10.213.0.1", "10.213.0.8", "10.213.0.9"];
        foreach (var address in addresses)
            Answers(lab.C, address);
        var own = guests.Select(guest => Station(guest, "eth0")).Prepend("02:00:00:00:00:b0").ToList();
        Assert.Equal(own, addresses.Select(address => Told(lab.C, address)));
        var pings = addresses.Select(address => lab.C.Start("ping", "-q", "-i0.02", "-c150", "-W1", address)).ToList();
        for (var move = 1; move <= 6; move++)
        {
            lab.Activate($"eth{move % 2}");
            lab.C.Run("ping", "-q", "-i0.02", "-c20", "-w1", addresses[0]);
        }
        foreach (var ping in pings)
        {
            var summary = ping.StandardOutput.ReadToEnd();
            Assert.True(double.Parse(Lost().Match(summary).Groups["percent"].Value, CultureInfo.InvariantCulture) <= 10, summary);
        }
        Assert.Equal(own, addresses.Select(address => Told(lab.C, address)));
    }

    // Makes all clients resolve the host's address again by ARP.
    private static void AskAnew(List<Host> clients)
    {
        foreach (var client in clients)
        {
            client.Ip("neigh", "flush", "dev", "eth0");
            Answers(client, "10.213.0.1");
        }
    }

    private static List<string> Stations(SwitchedLab lab) => [.. Enumerable.Range(0, Members).Select(i => Station(lab.A, $"eth{i}"))];

    // For each peer its address, the address that it was told, and the reason. The time is left out: it is by the clock of the process that shows
    // it.
    private static List<string> Peers(Host host) =>
        [
            .. JsonDocument
                .Parse(host.Tandem("-j", "alb", "bond0"))
                .RootElement.GetProperty("balancing")
                .GetProperty("peers")
                .EnumerateArray()
                .Select(peer => string.Join(' ', ((string[])["address", "told", "member", "reason"]).Select(key => peer.GetProperty(key)))),
        ];

    private static string State(Host host) => File.ReadAllText(Directory.GetFiles(host.Service.State, "*.bond.json").Single());

    private static void Answers(Host from, string address) =>
        Shell.Until(() => from.Run("ping", "-c1", "-W1", address).ExitCode == 0, $"{address} answers {from.Namespace}");

    // The addresses that peers have, if a member has too few or too many peers; else null.
    private static string? Uneven(List<Host> clients, List<string> stations, int each)
    {
        var told = clients.ConvertAll(client => Told(client));
        return stations.TrueForAll(station => told.Count(one => one == station) == each) ? null : string.Join(", ", told);
    }

    private static string Told(Host client) => Told(client, "10.213.0.1");

    private static string Told(Host client, string address) => Lladdr().Match(client.Ip("neigh", "show", address)).Groups["mac"].Value;

    private static string Station(Host host, string device) => host.KernelLink(device)!.Value.GetProperty("address").GetString()!;

    private static long Received(Host host, string device) => Counter(host, device, "rx_packets");

    private static long Sent(Host host, string device) => Counter(host, device, "tx_packets");

    private static long Counter(Host host, string device, string counter) =>
        long.Parse(host.Must("cat", $"/sys/class/net/{device}/statistics/{counter}"), CultureInfo.InvariantCulture);

    [GeneratedRegex("lladdr (?<mac>[0-9a-f:]{17})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lladdr();

    [GeneratedRegex("(?<percent>[0-9.]+)% packet loss", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Lost();
}

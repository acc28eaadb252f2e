using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>802.3ad with other implementations as partners: the state of both ends, and traffic.</summary>
public sealed class LacpPeersTests
{
    private const string OurAddress = "10.213.0.1";
    private const string TheirAddress = "10.213.0.2";
    private static readonly string[] Members = ["eth0", "eth1"];

    // The systems at the other end, one after the other.
    private static readonly string[] Systems = ["02:00:00:00:0b:ff", "02:00:00:00:0c:ff", "02:00:00:00:0d:ff"];

    [Theory]
    [InlineData("fast")]
    [InlineData("slow")]
    public void The_driver_of_the_kernel_agrees_and_aggregates(string rate) => UserModeLinux.Play("lacp-driver.sh", rate);

    [Fact]
    public void Open_vswitch_agrees_and_aggregates()
    {
        OpenVSwitch.Require();
        Shell.AtOnce(() => OpenVSwitchAgrees("fast"), () => OpenVSwitchAgrees("slow"));
    }

    private static void OpenVSwitchAgrees(string rate)
    {
        using var lab = new Lab(start: false);
        lab.A.Service.Start();
        foreach (var member in Members)
        {
            // The switch reads frames as they are on the wire; a veth pair leaves checksums and segments to the receiver.
            lab.A.Must("ethtool", "-K", member, "tx", "off", "tso", "off", "gso", "off");
            // A device of the switch is also an interface of the host's kernel, which would answer ARP requests for br0's address there.
            lab.B.Ip("link", "set", member, "arp", "off");
            lab.B.Ip("link", "set", member, "up");
        }
        var partner = new OpenVSwitch(lab.B);
        partner.Start();
        partner.AddBridge(Systems[0], TheirAddress + "/24");
        partner.AddBond("bond0", Members, $"other_config:lacp-time={rate}");
        lab.BondHost(lab.A, 1, "mode", "802.3ad", "miimon", "50", "lacp_rate", rate, "xmit_hash_policy", "layer3+4");
        void Aggregate(string when, string system)
        {
            Shell.Until(() => Disagreement(lab.A, partner, system), $"both ends agree {when}, at the {rate} rate", seconds: 20);
            Assert.Contains($"carries the traffic: partner 65534,{system}", lab.A.Service.Log, StringComparison.Ordinal);
            Answers(lab);
        }

        Aggregate("at first", Systems[0]);
        FlowsUseBothLinks(lab);
        for (var cable = 0; cable < lab.Cables; cable++)
        {
            var member = Members[cable];
            lab.Cut(cable);
            Shell.Until(() => lab.A.Said(member, "lacp-down") == 1, $"{member} carries no traffic");
            Shell.Until(() => partner.ShowBond().Contains($"member {member}: disabled", StringComparison.Ordinal), "Open vSwitch sees it");
            Answers(lab);
            lab.Mend(cable);
            Aggregate($"after {member} was mended", Systems[0]);
            Assert.Equal(2, lab.A.Said(member, "lacp-up"));
        }

        partner.Stop();
        // At the slow rate the switch is back before its silence is noticed.
        if (rate == "fast")
            Shell.Until(() => Members.All(member => lab.A.Said(member, "lacp-down") == 2), "silence is noticed");
        partner.Start();
        Aggregate("after the other end was started again", Systems[0]);
        foreach (var member in Members)
            Assert.Equal((2, 3), (lab.A.Said(member, "lacp-down"), lab.A.Said(member, "lacp-up")));

        partner.Configure("set", "port", partner.Bond, $"other_config:lacp-system-id=\"{Systems[1]}\"");
        Aggregate("after the other end became another system", Systems[1]);

        partner.Configure("del-port", partner.Bond);
        partner.AddBond("bond1", Members, $"other_config:lacp-time={rate}", $"other_config:lacp-system-id=\"{Systems[2]}\"");
        Aggregate("with another bond on the other end", Systems[2]);
    }

    // Where the two ends disagree, or are not ready; null if both use both links, and each end's view of the other is correct.
    private static string? Disagreement(Host host, OpenVSwitch partner, string system)
    {
        var ours = LacpLink.Of(host);
        var (lacp, bond) = (partner.ShowLacp(), partner.ShowBond());
        var theirs = OpenVSwitch.Links(lacp);
        string Said(string what) => $"{what}\nours: {string.Join("\n  ", ours)}\ntheirs: {string.Join("\n  ", theirs)}\n{lacp}{bond}";
        if (!ours.Keys.Order().SequenceEqual(theirs.Keys.Order()))
            return Said("the members");
        foreach (var (member, link) in ours)
        {
            if (link.Actor != theirs[member].Partner)
                return Said($"our end of {member}");
            if (link.Partner != theirs[member].Actor || link.Partner.System != system)
                return Said($"their end of {member}");
            if (!link.Actor.IsInUse || !link.Partner.IsInUse)
                return Said($"{member} is not in use");
            if (
                !lacp.Contains($"member: {member}: current attached", StringComparison.Ordinal)
                || !bond.Contains($"member {member}: enabled", StringComparison.Ordinal)
            )
                return Said($"{member} is not in use there");
            var states = (host.MemberData(member, "ad_actor_oper_port_state"), host.MemberData(member, "ad_partner_oper_port_state"));
            if (states != ($"{link.Actor.State}", $"{link.Partner.State}"))
                return Said($"link show has other states of {member}: {states}");
        }
        var (actor, other) = ours["eth0"];
        var group = host.BondData("ad_info");
        var expected =
            $"\"num_ports\":{ours.Count},\"actor_key\":{actor.Key},\"partner_key\":{other.Key},\"partner_mac\":\"{other.System}\"";
        if (group?.Contains(expected, StringComparison.Ordinal) != true)
            return Said($"link show has {group}, not {expected}");
        return bond.Contains("lacp_status: negotiated", StringComparison.Ordinal) ? null : Said("it is not negotiated there");
    }

    // Sixteen flows each way. Tandem uses both links, perhaps unevenly; Open vSwitch may choose one link for all.
    private static void FlowsUseBothLinks(Lab lab)
    {
        lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        string[] client = ["iperf3", "-c", TheirAddress, "-P", "16", "-n", "8M", "-l", "16K"];
        var before = Members.ToDictionary(member => member, member => Sent(lab.A, member));
        lab.A.Must(client);
        foreach (var member in Members)
            Assert.True(Sent(lab.A, member) - before[member] > 100_000, $"{member} carried nothing");
        lab.A.Must([.. client, "-R"]);
    }

    private static long Sent(Host host, string member) =>
        host.Link(member).GetProperty("stats64").GetProperty("tx").GetProperty("bytes").GetInt64();

    private static void Answers(Lab lab)
    {
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", TheirAddress).ExitCode == 0, "Open vSwitch answers");
        // The switch's cached flows follow its own state of the link some rounds later.
        foreach (var (host, address) in new[] { (lab.A, TheirAddress), (lab.B, OurAddress) })
            Shell.Until(
                () => host.Run("ping", "-c20", "-i0.01", "-w5", address).All.Contains(" 0% packet loss", StringComparison.Ordinal),
                "no ping is lost"
            );
    }
}

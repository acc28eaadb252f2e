using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Transmit queues of bond0 that choose a member, and priorities that reach it.</summary>
public sealed class QueueTests
{
    private const string DropsPriority6 = """
        #include <linux/bpf.h>
        #include <linux/pkt_cls.h>
        #include <bpf/bpf_helpers.h>
        SEC("tc") int drop(struct __sk_buff *frame) { return frame->priority == 6 ? TC_ACT_SHOT : TC_ACT_OK; }
        char LICENSE[] SEC("license") = "MIT";
        """;

    [Fact]
    public void Numtxqueues_says_how_many_queues_there_are_to_choose_from()
    {
        using var lab = new Lab(cables: 1, start: false);
        lab.A.Service.Start();
        lab.A.Tandem("link", "add", "bond0", "numtxqueues", "4", "type", "bond", "mode", "active-backup");
        lab.A.Tandem("link", "set", "eth0", "master", "bond0");
        Assert.Equal(4, lab.A.KernelLink("bond0")!.Value.GetProperty("num_tx_queues").GetInt32());
        lab.A.Tandem("link", "set", "eth0", "type", "bond_slave", "queue_id", "4");
        var refused = lab.A.TryTandem("link", "set", "eth0", "type", "bond_slave", "queue_id", "5");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("queue_id 5: bond0 has 4 transmit queues; accepted: 0 to 4 ", refused.Error, StringComparison.Ordinal);
        lab.A.Tandem("link", "add", "bond1", "type", "bond");
        Assert.Equal(16, lab.A.KernelLink("bond1")!.Value.GetProperty("num_tx_queues").GetInt32());
    }

    [Theory]
    [InlineData("active-backup", "eth0")]
    [InlineData("active-backup", "eth1")]
    [InlineData("balance-rr", "eth1")]
    public void Frames_in_a_queue_leave_on_the_member_with_its_number(string mode, string member)
    {
        using var lab = new Lab().Bond("mode", mode, "device_kind", "veth");
        lab.A.Must("ping", "-q", "-c1", "10.213.0.2");
        if (mode == "active-backup")
            lab.A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth0");
        lab.A.Tandem("link", "set", member, "type", "bond_slave", "queue_id", "2");
        // All frames get this queue, as skbedit or a classifier does it for some.
        lab.A.Must("bash", "-ec", "cd /sys/class/net/bond0/queues; cat tx-0/xps_cpus >tx-2/xps_cpus; echo 0 >tx-0/xps_cpus");
        var chosen = new Capture(lab.B, member, "icmp");
        var other = new Capture(lab.B, member == "eth0" ? "eth1" : "eth0", "icmp");
        // A standby member at the other end drops them, so they need not be answered.
        lab.A.Run("ping", "-q", "-i0.02", "-c10", "-W0.2", "10.213.0.2");
        const string Request = "10.213.0.1 > 10.213.0.2: ICMP echo request";
        Shell.Until(() => chosen.Count(Request) >= 10 ? null : $"{chosen.Text} and {other.Text}", "all leave on it");
        Assert.Equal(0, other.Count(Request));

        lab.A.Tandem("link", "set", member, "type", "bond_slave", "queue_id", "0");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.02", "-c10", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exact")]
    [InlineData("fast")]
    public void The_priority_of_a_frame_is_still_there_at_the_member(string device)
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth", "device", device);
        var source = Path.Combine(lab.A.Directory, "priority.c");
        File.WriteAllText(source, DropsPriority6);
        Shell.Must("bash", "-ec", $"clang -O2 -g -target bpf -I/usr/include/$(uname -m)-linux-gnu -c {source} -o {source}.o");
        lab.A.Must("tc", "qdisc", "add", "dev", "eth0", "clsact");
        lab.A.Must("tc", "filter", "add", "dev", "eth0", "egress", "bpf", "direct-action", "object-file", $"{source}.o", "section", "tc");
        // Type of service 0x10, low delay, is priority 6 (interactive).
        Assert.Contains(
            " 100% packet loss",
            lab.A.Run("ping", "-q", "-Q0x10", "-i0.05", "-c3", "-W0.2", "10.213.0.2").Output,
            StringComparison.Ordinal
        );
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.05", "-c3", "10.213.0.2"), StringComparison.Ordinal);
    }
}

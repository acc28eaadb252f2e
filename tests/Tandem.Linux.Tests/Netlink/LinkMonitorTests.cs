using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Netlink;

public class LinkMonitorTests
{
    [Fact]
    public void New_changed_and_deleted_links_are_told()
    {
        Netns.Require();
        using var here = new Netns();
        using var monitor = here.Run(() => new LinkMonitor());
        here.Ip("link add x0 type veth peer name x1");
        Next(monitor, c => c is { Kind: LinkChangeKind.Link, Link.Name: "x0" });
        here.Ip("link set x0 up");
        Next(monitor, c => c is { Kind: LinkChangeKind.Link, Link: { Name: "x0", IsUp: true } });
        here.Ip("link del x0");
        Next(monitor, c => c is { Kind: LinkChangeKind.LinkDeleted, Link.Name: "x0" });
    }

    [Fact]
    public void Messages_that_were_lost_ask_for_a_new_reading_and_later_ones_come_again()
    {
        Netns.Require();
        using var here = new Netns();
        using var monitor = here.Run(() => new LinkMonitor(receiveBytes: 4096));
        for (var i = 0; i < 10; i++)
            here.Ip($"link add a{i} type veth peer name b{i}");
        Next(monitor, c => c.Kind == LinkChangeKind.Resync);
        here.Ip("link set a1 mtu 1300");
        Next(monitor, c => c is { Kind: LinkChangeKind.Link, Link: { Name: "a1", Mtu: 1300 } });
    }

    [Fact]
    public void Stopping_ends_a_read_that_waits()
    {
        Netns.Require();
        using var here = new Netns();
        using var monitor = here.Run(() => new LinkMonitor());
        var kind = LinkChangeKind.Resync;
        var reader = new Thread(() => kind = monitor.Read().Kind);
        reader.Start();
        monitor.Stop();
        Assert.True(reader.Join(TimeSpan.FromSeconds(5)));
        Assert.Equal(LinkChangeKind.Stopped, kind);
    }

    private static void Next(LinkMonitor monitor, Predicate<LinkChange> wanted)
    {
        var reader = new Thread(() =>
        {
            LinkChange change;
            do change = monitor.Read();
            while (!wanted(change) && change.Kind != LinkChangeKind.Stopped);
        });
        reader.Start();
        var came = reader.Join(TimeSpan.FromSeconds(5));
        if (!came)
            monitor.Stop();
        Assert.True(came, "the change was not told");
    }
}

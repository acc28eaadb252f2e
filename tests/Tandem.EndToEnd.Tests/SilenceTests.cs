using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>A kill and a takeover of the service cause no notifications about interfaces.</summary>
public sealed class SilenceTests
{
    private const int SigHup = 1,
        SigCont = 18,
        SigStop = 19;

    [Theory]
    [InlineData("active-backup")]
    [InlineData("802.3ad")]
    public void Nothing_is_heard_and_nothing_is_lost_while_services_die_and_come(string mode)
    {
        using var lab = new Lab().Bond("mode", mode, "miimon", "50", "device_kind", "veth");
        if (mode == "802.3ad")
            Shell.Until(() => lab.A.Service.Log.Split("lacp-up").Length > 2, "both links are aggregated");
        // The end of duplicate address detection also causes a notification.
        Shell.Until(() => !lab.A.Ip("-6", "addr", "show").Contains("tentative", StringComparison.Ordinal), "addresses are checked");
        using var links = lab.A.Start("ip", "monitor", "link");
        using var ping = lab.A.Start("ping", "-q", "-i0.005", "10.213.0.2");
        using var back = lab.B.Start("ping", "-q", "-i0.005", "10.213.0.1");

        lab.A.Service.Kill();
        lab.A.Must("ping", "-q", "-i0.02", "-c20", "10.213.0.2");
        lab.A.Service.Start();
        Shell.Until(
            () => lab.A.Service.Log.Contains("taken over from the previous service, with 2 members", StringComparison.Ordinal),
            "the next service takes over"
        );
        Shell.Signal(lab.A.Service.Pid, SigStop);
        // A pause, not a wait: its length matters.
        Thread.Sleep(TimeSpan.FromSeconds(3));
        Shell.Signal(lab.A.Service.Pid, SigCont);
        lab.A.Tandem("link", "show");
        Shell.Signal(lab.A.Service.Pid, SigHup);
        Shell.Until(() => lab.A.Service.Log.Split("taken over from the previous service, with").Length > 2, "the next service takes over");
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");

        foreach (var each in new[] { ping, back })
        {
            Shell.Signal(each, System.Runtime.InteropServices.PosixSignal.SIGINT);
            var said = each.StandardOutput.ReadToEnd();
            Assert.Contains(" 0% packet loss", said, StringComparison.Ordinal);
            Assert.DoesNotContain("duplicates", said, StringComparison.Ordinal);
        }
        links.Kill();
        Assert.Equal("", links.StandardOutput.ReadToEnd());
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>A program of the kernel data path that is detached under traffic is reattached at once, and an event reports it.</summary>
public sealed partial class DetachedProgramTests
{
    private const int Rounds = 5;

    // At one probe per ms. The kernel itself takes some ten of them: it waits for its processors before the program can be attached again.
    private const int MostLost = 20;

    [Theory]
    [InlineData("auto", "eth0", "ingress")]
    [InlineData("tap", "eth0", "ingress")]
    [InlineData("tap", "bond0", "egress")]
    [InlineData("veth", "tdm-bond0", "ingress")]
    [InlineData("veth", "bond0", "egress")]
    public void A_program_that_somebody_detaches_is_back_within_twenty_ms(string kind, string at, string point)
    {
        using var lab = new Lab(cables: 1).Bond("mode", "active-backup", "miimon", "100", "device_kind", kind);
        var detach = Path.Combine(lab.A.Directory, "detach");
        Shell.Must("gcc", "-O1", "-Wall", "-o", detach, Path.Combine(AppContext.BaseDirectory, "Scripts", "detach.c"));
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 6), "the programs stand at TCX from Linux 6.6 on");
        lab.A.Must(detach, at, point);
        Shell.Until(() => Times(lab.A.Service.Log, TextOf(at, point)) == 1, "the log says what happened", seconds: 5);
        // After each the second begins anew in which the service tells of it.
        var lost = Enumerable.Range(1, Rounds).Select(round => Lost(lab, detach, at, point, round + 1)).Order().ToList();
        Assert.True(lost[Rounds / 2] <= MostLost, $"lost: {string.Join(' ', lost)}");
    }

    private static int Lost(Lab lab, string detach, string at, string point, int told)
    {
        using var ping = lab.A.Start("ping", "-i0.001", "-c400", "-W1", "-q", "10.213.0.2");
        Thread.Sleep(100);
        lab.A.Must(detach, at, point);
        var summary = ping.StandardOutput.ReadToEnd();
        Shell.Until(() => Times(lab.A.Service.Log, TextOf(at, point)) >= told, "the log says what happened", seconds: 5);
        var counts = Counts().Match(summary);
        return Number(counts, "sent") - Number(counts, "answered");
    }

    private static string TextOf(string at, string point) => $"someone detached Tandem's program from the {point} of {at}; it is back";

    private static int Times(string log, string text) => log.Split(text).Length - 1;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<sent>\d+) packets transmitted, (?<answered>\d+) received", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counts();
}

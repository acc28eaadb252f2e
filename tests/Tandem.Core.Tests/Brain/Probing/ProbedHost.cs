using System.Net;
using Tandem.Core.Bonds;
using Tandem.Simulation;

namespace Tandem.Core.Tests.Brain.Probing;

/// <summary>A host whose bond probes targets behind a switch, at an interval of 100 ms.</summary>
public abstract class ProbedHost
{
    protected const int Interval = 100;
    protected const string Target = "192.0.2.9";
    protected const string OtherTarget = "192.0.2.10";
    protected const string Target6 = "2001:db8::9";

    protected ProbedHost(int ports = 2, long frequency = Clock.Second)
    {
        World = new World(frequency: frequency);
        A = World.AddStation("a", ports);
        Lan = new Lan(World, A);
        Host = Lan.AddHost(Target);
        Other = Lan.AddHost(OtherTarget);
        Host6 = Lan.AddHost(Target6);
    }

    protected World World { get; }

    protected Station A { get; }

    protected Lan Lan { get; }

    protected LanHost Host { get; }

    protected LanHost Other { get; }

    protected LanHost Host6 { get; }

    protected Member First => A.Member(0);

    protected Member Second => A.Member(1);

    /// <summary>The notices.</summary>
    protected IReadOnlyList<string> Notices =>
        [.. A.Events.Where(e => e.Kind == EventKind.Notice).Select(e => $"{e.Member ?? e.Bond}: {e.Reason}")];

    protected void ActiveBackup(params string[] more) => Start("active-backup", more);

    protected void Start(string mode, params string[] more)
    {
        string[] targets = more.Any(word => word is "arp_ip_target" or "ns_ip6_target") ? [] : ["arp_ip_target", Target];
        A.Start(["mode", mode, "arp_interval", $"{Interval}", .. targets, .. more]);
        World.Run(50);
    }

    /// <summary>Runs so many passes of the monitor.</summary>
    protected void Pass(double passes) => World.Run(passes * Interval);

    protected static byte[] Octets(string ip) => IPAddress.Parse(ip).GetAddressBytes();
}

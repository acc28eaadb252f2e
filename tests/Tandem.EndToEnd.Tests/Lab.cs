using System.Globalization;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Two hosts (network namespaces) with cables (veth pairs) between them and a service on each. Names contain the process id: parallel runs do not
/// collide, and leftovers of a crashed run are found and removed.
/// </summary>
internal sealed class Lab : IDisposable
{
    private static int _count;

    public Lab(int cables = 2, bool start = true)
    {
        RemoveLeftovers();
        var id = $"tdm-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        A = new Host($"{id}a");
        B = new Host($"{id}b");
        for (var i = 0; i < cables; i++)
            AddCable($"eth{i}");
        if (start)
        {
            A.Service.Start();
            B.Service.Start();
        }
    }

    public Host A { get; }

    public Host B { get; }

    public int Cables { get; private set; }

    /// <summary>Adds a cable; both ends have the same name and are administratively down.</summary>
    public void AddCable(string name)
    {
        Shell.Must("ip", "link", "add", name, "netns", A.Namespace, "type", "veth", "peer", "name", name, "netns", B.Namespace);
        Cables++;
    }

    /// <summary>Bonds both hosts over all cables, brings bond0 up with addresses 10.213.0.1 and .2 and fd13::1 and ::2, and waits until traffic passes.</summary>
    public Lab Bond(params string[] options)
    {
        BondHost(A, 1, options);
        BondHost(B, 2, options);
        Shell.Until(() => A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bonds answer");
        return this;
    }

    /// <summary>Creates a bond over all cables on one host, possibly a third one; its number is the last part of its addresses.</summary>
    public void BondHost(Host host, int number, params string[] options)
    {
        host.Tandem(["link", "add", "bond0", "type", "bond", .. options]);
        for (var i = 0; i < Cables; i++)
            host.Tandem("link", "set", $"eth{i}", "master", "bond0");
        host.Tandem("link", "set", "bond0", "up");
        host.Ip("addr", "add", $"10.213.0.{number}/24", "dev", "bond0");
        host.Ip("addr", "add", $"fd13::{number}/64", "dev", "bond0", "nodad");
    }

    /// <summary>Cuts a cable: host B's end goes down, host A's loses its carrier.</summary>
    public void Cut(int cable) => B.Ip("link", "set", $"eth{cable}", "down");

    /// <summary>Mends a cable.</summary>
    public void Mend(int cable) => B.Ip("link", "set", $"eth{cable}", "up");

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    private static void RemoveLeftovers()
    {
        foreach (var line in Shell.Run("ip", "netns", "list").Output.Split('\n'))
        {
            var name = line.Split(' ')[0];
            var parts = name.Split('-');
            if (
                parts is ["tdm", var pid, _]
                && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && !Directory.Exists($"/proc/{id}")
            )
            {
                Shell.EndAll(name);
                Shell.Run("ip", "netns", "del", name);
            }
        }
    }
}

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Host A with bond0, in active-backup unless told otherwise. All its cables lead to one switch, which is a learning bridge on host B. Host C is
/// behind another port of that switch.
/// </summary>
internal sealed class SwitchedLab : IDisposable
{
    private readonly Lab _lab;
    private readonly List<Host> _hosts = [];

    public SwitchedLab(params string[] options)
        : this(2, "active-backup", options) { }

    public SwitchedLab(int cables, string mode, params string[] options)
    {
        _lab = new Lab(cables, start: false);
        Switch.Ip("link", "add", "sw0", "type", "bridge");
        Switch.Ip("link", "set", "sw0", "up");
        for (var i = 0; i < _lab.Cables; i++)
            Plug($"eth{i}");
        C = AddHost("c", Switch, "host");
        Plug("host");
        C.Ip("addr", "add", "10.213.0.3/24", "dev", "eth0");
        A.Service.Start();
        A.Tandem(["link", "add", "bond0", "type", "bond", "mode", mode, "miimon", "100", .. options]);
        for (var i = 0; i < _lab.Cables; i++)
            A.Tandem("link", "set", $"eth{i}", "master", "bond0");
        A.Tandem("link", "set", "bond0", "up");
    }

    public Host A => _lab.A;

    public Host C { get; }

    public Host Switch => _lab.B;

    /// <summary>Adds a host whose eth0 is at the end of a cable to another host.</summary>
    public Host AddHost(string suffix, Host other, string port)
    {
        var host = new Host($"{A.Namespace}{suffix}");
        _hosts.Add(host);
        other.Ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.Namespace);
        other.Ip("link", "set", port, "up");
        host.Ip("link", "set", "eth0", "up");
        return host;
    }

    /// <summary>Adds a host behind a port of the switch, with an address.</summary>
    public Host AddClient(int number)
    {
        var client = AddHost($"h{number}", Switch, $"h{number}");
        Plug($"h{number}");
        client.Ip("addr", "add", $"10.213.0.{number}/24", "dev", "eth0");
        return client;
    }

    /// <summary>Cuts a cable between the bond and the switch.</summary>
    public void Cut(int cable) => _lab.Cut(cable);

    /// <summary>Mends a cable.</summary>
    public void Mend(int cable) => _lab.Mend(cable);

    /// <summary>Puts a bridge with an address of its own above bond0.</summary>
    public void AddBridge(string macAddress, string address)
    {
        A.Ip("link", "add", "br0", "address", macAddress, "type", "bridge");
        A.Ip("link", "set", "bond0", "master", "br0");
        A.Ip("link", "set", "br0", "up");
        A.Ip("addr", "add", address, "dev", "br0");
    }

    /// <summary>Makes a member the active one.</summary>
    public void Activate(string member) => A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", member);

    public void Dispose()
    {
        foreach (var host in _hosts)
            host.Dispose();
        _lab.Dispose();
    }

    private void Plug(string port)
    {
        Switch.Ip("link", "set", port, "master", "sw0");
        Switch.Ip("link", "set", port, "up");
    }
}

using System.Buffers.Binary;
using System.Net;
using Tandem.Core;

namespace Tandem.Simulation;

/// <summary>A host on a <see cref="Lan"/> that answers for its address.</summary>
public sealed class LanHost
{
    /// <summary>Its IPv4 or IPv6 address.</summary>
    public required IPAddress Ip { get; init; }

    /// <summary>The host's MAC address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Whether it answers.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>How often it was asked.</summary>
    public int Asked { get; internal set; }
}

/// <summary>
/// A switch to which all ports of a station lead, and the hosts behind it: it learns where stations are, floods what it must, and the hosts
/// answer ARP and neighbour solicitation.
/// </summary>
public sealed class Lan
{
    private const int Addresses = 12;
    private readonly World _world;
    private readonly Dictionary<MacAddress, Port> _learned = [];
    private readonly List<LanHost> _hosts = [];

    /// <summary>Joins all ports of a station to a new switch.</summary>
    public Lan(World world, Station station)
    {
        _world = world;
        Switch = world.AddStation("switch", station.Ports.Count);
        foreach (var port in Switch.Ports)
            port.IsUp = true;
        Switch.Heard = Forward;
        Cables = world.Connect(station, Switch);
    }

    /// <summary>The switch's ports.</summary>
    public Station Switch { get; }

    /// <summary>The cables, by the station's ports.</summary>
    public IReadOnlyList<Cable> Cables { get; }

    /// <summary>Each frame that arrived at the switch, with the number of the port.</summary>
    public List<(int Port, byte[] Frame)> Seen { get; } = [];

    /// <summary>Adds a host.</summary>
    public LanHost AddHost(string ip)
    {
        _hosts.Add(new LanHost { Ip = IPAddress.Parse(ip), Mac = new MacAddress(0x0200_0000_aa00 + (ulong)_hosts.Count) });
        return _hosts[^1];
    }

    /// <summary>Drops all frames on a cable, while both ends keep their carrier.</summary>
    public void Silence(int port) => Cables[port].Loss = 1;

    /// <summary>Lets frames pass a cable again.</summary>
    public void Mend(int port) => Cables[port].Loss = 0;

    /// <summary>Sends a frame to a port of the station, as if it came from the network.</summary>
    public void Send(int port, byte[] frame) => Switch.Ports[port].Send(frame);

    /// <summary>Repeats a broadcast of another host, which answers no request.</summary>
    public void Chatter(double everyMs, double forMs)
    {
        for (var at = 0.0; at < forMs; at += everyMs)
        {
            _world.After(
                (long)(at * Clock.Millisecond),
                () =>
                {
                    foreach (var port in Switch.Ports)
                        port.Send(Arp(1, new MacAddress(0x0200_0000_bb01), "192.0.2.77", MacAddress.Broadcast, "192.0.2.78"));
                }
            );
        }
    }

    /// <summary>An ARP frame.</summary>
    public static byte[] Arp(ushort operation, MacAddress from, string sender, MacAddress to, string target)
    {
        var frame = new byte[60];
        to.Write(frame);
        from.Write(frame.AsSpan(6));
        new byte[] { 8, 6, 0, 1, 8, 0, 6, 4 }.CopyTo(frame, Addresses);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), operation);
        from.Write(frame.AsSpan(22));
        IPAddress.Parse(sender).GetAddressBytes().CopyTo(frame, 28);
        if (!to.IsMulticast)
            to.Write(frame.AsSpan(32));
        IPAddress.Parse(target).GetAddressBytes().CopyTo(frame, 38);
        return frame;
    }

    /// <summary>A neighbour advertisement.</summary>
    public static byte[] Advertisement(MacAddress from, string source, MacAddress to, string destination)
    {
        var frame = new byte[86];
        to.Write(frame);
        from.Write(frame.AsSpan(6));
        new byte[] { 0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255 }.CopyTo(frame, Addresses);
        IPAddress.Parse(source).GetAddressBytes().CopyTo(frame, 22);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(frame, 38);
        frame[54] = 136;
        IPAddress.Parse(source).GetAddressBytes().CopyTo(frame, 62);
        return frame;
    }

    private void Forward(Port from, byte[] frame)
    {
        Seen.Add((PortOf(from), frame));
        var source = MacAddress.Read(frame.AsSpan(6));
        _learned[source] = from;
        var destination = MacAddress.Read(frame);
        if (!destination.IsMulticast)
            return;
        foreach (var port in Switch.Ports.Where(port => port != from))
            port.Send(frame);
        foreach (var host in _hosts)
        {
            if (Answer(host, frame, source) is not { } answer)
                continue;
            host.Asked++;
            if (host.IsAlive && _learned.TryGetValue(MacAddress.Read(answer), out var port))
                port.Send(answer);
        }
    }

    private int PortOf(Port port) => Switch.Ports.ToList().IndexOf(port);

    private static byte[]? Answer(LanHost host, byte[] frame, MacAddress asker)
    {
        var type = Addresses;
        while (frame[type] is 0x81 or 0x88 && frame[type + 1] is 0 or 0xa8)
            type += 4;
        var tags = frame.AsSpan(Addresses, type - Addresses);
        var payload = frame.AsSpan(type + 2);
        byte[] bare;
        if (frame[type] == 8 && frame[type + 1] == 6)
        {
            if (payload[7] != 1 || !payload.Slice(24, 4).SequenceEqual(host.Ip.GetAddressBytes()))
                return null;
            bare = Arp(2, host.Mac, host.Ip.ToString(), asker, new IPAddress(payload.Slice(14, 4)).ToString());
        }
        else
        {
            if (frame[type] != 0x86 || payload[40] != 135 || !payload.Slice(48, 16).SequenceEqual(host.Ip.GetAddressBytes()))
                return null;
            var source = new IPAddress(payload.Slice(8, 16));
            bare = source.Equals(IPAddress.IPv6Any)
                ? Advertisement(host.Mac, host.Ip.ToString(), new MacAddress(0x3333_0000_0001), "ff02::1")
                : Advertisement(host.Mac, host.Ip.ToString(), asker, source.ToString());
        }
        return [.. bare.AsSpan(0, Addresses), .. tags, .. bare.AsSpan(Addresses)];
    }
}

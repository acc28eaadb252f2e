namespace Tandem.Core.Lacp;

/// <summary>An aggregation group: the ports with the same partner and the same keys. One group of a bond carries traffic.</summary>
public sealed class Aggregator
{
    internal Aggregator(int id) => Id = id;

    /// <summary>The aggregator ID: that of the group's first port. A bond numbers its aggregators upwards, as the driver does.</summary>
    public int Id { get; }

    /// <summary>The partner and keys that the group's ports share.</summary>
    public LagId Lag { get; private set; }

    /// <summary>Whether this group carries the bond's traffic.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>Number of ports, whether their links work or not.</summary>
    public int Ports { get; private set; }

    /// <summary>Number of ports that hear their partner.</summary>
    public int UsablePorts { get; private set; }

    /// <summary>Number of ports whose link is up.</summary>
    public int EnabledPorts { get; private set; }

    /// <summary>Number of ports that carry traffic.</summary>
    internal int DistributingPorts { get; private set; }

    /// <summary>Sum of the speeds of the ports that hear their partner, in Mbit/s.</summary>
    public long BandwidthMbps { get; private set; }

    internal long PrioritySum { get; private set; }

    internal uint BestPortId { get; private set; }

    internal void Clear(LagId lag)
    {
        Lag = lag;
        Ports = UsablePorts = EnabledPorts = DistributingPorts = 0;
        BandwidthMbps = PrioritySum = 0;
        BestPortId = uint.MaxValue;
    }

    internal void Add(LacpPort port)
    {
        Ports++;
        if (port.IsEnabled)
            EnabledPorts++;
        if (port.IsDistributing)
            DistributingPorts++;
        if (!port.IsUsable)
            return;
        UsablePorts++;
        BandwidthMbps += port.Member.Link.SpeedMbps;
        PrioritySum += port.Priority;
        BestPortId = Math.Min(BestPortId, port.Actor.PortId);
    }
}

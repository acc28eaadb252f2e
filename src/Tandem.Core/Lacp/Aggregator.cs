namespace Tandem.Core.Lacp;

/// <summary>A group of links to the same partner with the same keys. One group of a bond carries traffic.</summary>
public sealed class Aggregator
{
    internal Aggregator(int id) => Id = id;

    /// <summary>Its number: that of its first member, counted up in the bond as the driver does.</summary>
    public int Id { get; }

    /// <summary>What its links have in common.</summary>
    public LagId Lag { get; private set; }

    /// <summary>It is the one that carries traffic.</summary>
    public bool IsActive { get; internal set; }

    /// <summary>Its links, whether they work or not.</summary>
    public int Ports { get; private set; }

    /// <summary>Links on which the partner is heard.</summary>
    public int UsablePorts { get; private set; }

    /// <summary>Links that are up.</summary>
    public int EnabledPorts { get; private set; }

    /// <summary>Links that carry traffic.</summary>
    internal int DistributingPorts { get; private set; }

    /// <summary>The sum of the speeds of links on which the partner is heard, in Mbit/s.</summary>
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

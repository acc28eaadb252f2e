using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>Properties of a bond's device that options depend on.</summary>
/// <param name="Kind">The requested device kind.</param>
/// <param name="Queues">Number of transmit queues; <c>queue_id</c> ties members to them.</param>
public sealed record DeviceTraits(DeviceKind Kind, int Queues)
{
    /// <summary>The defaults: any kind, and as many queues as the driver's device has.</summary>
    public static DeviceTraits Usual { get; } = new(DeviceKind.Auto, 16);
}

using Tandem.Core.Options;

namespace Tandem.Core;

/// <summary>What the device of a bond is, as far as options go by it.</summary>
/// <param name="Kind">The kind that was asked for.</param>
/// <param name="Queues">Transmit queues, which members can be tied to (<c>queue_id</c>).</param>
public sealed record DeviceTraits(DeviceKind Kind, int Queues)
{
    /// <summary>What a bond has that nothing was said about: as many queues as with the driver.</summary>
    public static DeviceTraits Usual { get; } = new(DeviceKind.Auto, 16);
}

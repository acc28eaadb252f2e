namespace Tandem.Core;

/// <summary>Whether a link sends and receives at once.</summary>
public enum Duplex : byte
{
    /// <summary>One direction at a time.</summary>
    Half = 0,

    /// <summary>Both directions at once.</summary>
    Full = 1,

    /// <summary>The device does not say (virtio and TAP often do not).</summary>
    Unknown = 0xff,
}

/// <summary>What the kernel says about an interface's link at one moment.</summary>
/// <param name="IsUp">Administratively up (IFF_UP).</param>
/// <param name="HasCarrier">The device sees its partner (IFF_LOWER_UP).</param>
/// <param name="SpeedMbps">Mbit/s, or 0 if the device does not say.</param>
/// <param name="Duplex">Duplex, or unknown.</param>
public readonly record struct LinkStatus(bool IsUp, bool HasCarrier, uint SpeedMbps = 0, Duplex Duplex = Duplex.Unknown)
{
    /// <summary>An interface that is not there.</summary>
    public static LinkStatus Gone => default;

    /// <summary>Up and with carrier: frames can pass.</summary>
    public bool IsRunning => IsUp && HasCarrier;
}

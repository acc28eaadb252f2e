namespace Tandem.Core;

/// <summary>Duplex of a link.</summary>
public enum Duplex : byte
{
    /// <summary>One direction at a time.</summary>
    Half = 0,

    /// <summary>Both directions at once.</summary>
    Full = 1,

    /// <summary>The device does not report it (virtio and TAP often do not).</summary>
    Unknown = 0xff,
}

/// <summary>An interface's link at one moment, as the kernel reports it.</summary>
/// <param name="IsUp">Administratively up (IFF_UP).</param>
/// <param name="HasCarrier">Carrier (IFF_LOWER_UP).</param>
/// <param name="SpeedMbps">Mbit/s; 0 if the device does not report it.</param>
/// <param name="Duplex">The duplex.</param>
public readonly record struct LinkStatus(bool IsUp, bool HasCarrier, uint SpeedMbps = 0, Duplex Duplex = Duplex.Unknown)
{
    /// <summary>The status of an interface that does not exist.</summary>
    public static LinkStatus Gone => default;

    /// <summary>Whether the interface is up and has carrier.</summary>
    public bool IsRunning => IsUp && HasCarrier;
}

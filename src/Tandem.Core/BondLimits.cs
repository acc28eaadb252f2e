namespace Tandem.Core;

/// <summary>Limits of a bond's device, for requests and files.</summary>
public static class BondLimits
{
    /// <summary>Smallest MTU of a bond in bytes, the minimum of IPv4.</summary>
    public const int MinMtu = 68;

    /// <summary>Largest MTU of a bond in bytes. A TAP device refuses more than 65521.</summary>
    public const int MaxMtu = 65535;

    /// <summary>Largest number of transmit queues, the kernel's limit for all interfaces.</summary>
    public const int MaxQueues = 4096;
}

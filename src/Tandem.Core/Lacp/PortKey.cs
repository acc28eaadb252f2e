namespace Tandem.Core.Lacp;

/// <summary>
/// The key of a port: ten bits set by the user, five for the speed, one for full duplex. So links of different speeds land in different
/// groups. The layout is the driver's.
/// </summary>
/// <remarks>
/// A device that reports no duplex (virtio, TAP) counts as full duplex. An unknown speed has a code of its own, so such members aggregate
/// with each other, but not with members of known speed.
/// </remarks>
public static class PortKey
{
    private static readonly uint[] Speeds =
    [
        0,
        1,
        10,
        100,
        1_000,
        2_500,
        5_000,
        10_000,
        14_000,
        20_000,
        25_000,
        40_000,
        50_000,
        56_000,
        80_000,
        100_000,
        200_000,
        400_000,
        800_000,
        1_600_000,
    ];

    /// <summary>Computes a port's key.</summary>
    /// <param name="user">The user's ten bits (ad_user_port_key), 0 to 1023.</param>
    /// <param name="speedMbps">Mbit/s; 0 if unknown.</param>
    /// <param name="duplex">The duplex.</param>
    public static ushort Compose(int user, uint speedMbps, Duplex duplex)
    {
        var code = Math.Max(0, Array.IndexOf(Speeds, speedMbps));
        return (ushort)((user << 6) | (code << 1) | (duplex == Duplex.Half ? 0 : 1));
    }
}

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// How the programs stand around the device of a bond: where it hands frames over, and where frames for the host go. It depends on the kind
/// of device, and on where the device is.
/// </summary>
internal sealed record Wiring
{
    /// <summary>BPF_F_INGRESS of bpf_redirect(): into the receive path of the interface, not out by it.</summary>
    private const uint Ingress = 1;

    /// <summary>Where the device hands frames of the host over to tandem_tx.</summary>
    public required Place Transmit { get; init; }

    /// <summary>The device's own egress, for tandem_out; null where the device has no other end, or is out of reach.</summary>
    public Place? Out { get; init; }

    /// <summary>Whether frames need tandem_out on their way through the device, and not only for the short cut.</summary>
    public bool NeedsOut { get; init; }

    /// <summary>Whether this process reads the frames that tandem_tx leaves.</summary>
    public bool HasService { get; init; }

    /// <summary>Where frames for the host go.</summary>
    public required ulong Host { get; init; }

    /// <summary>Where frames for the host go by the short cut, past the device; the same as <see cref="Host"/> where there is none.</summary>
    public required ulong ShortHost { get; init; }

    /// <summary>Into the receive path of an interface.</summary>
    public static ulong Into(int ifindex) => ((ulong)Ingress << 32) | (uint)ifindex;

    /// <summary>Out by an interface, and so in by what is at its other end.</summary>
    public static ulong OutBy(int ifindex) => (uint)ifindex;
}

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// Where the programs are attached around a bond's device: where the device hands frames over, and where frames for the host go. Depends
/// on the kind of the device, and on its network namespace.
/// </summary>
internal sealed record Wiring
{
    /// <summary>BPF_F_INGRESS of bpf_redirect(): into the receive path of the interface, instead of out through it.</summary>
    private const uint Ingress = 1;

    /// <summary>Where the device passes frames of the host to tandem_tx.</summary>
    public required Place Transmit { get; init; }

    /// <summary>The device's own egress, for tandem_out; null if the device has no other end, or is in another network
    /// namespace.</summary>
    public Place? Out { get; init; }

    /// <summary>Whether tandem_out is needed also for frames that go through the device, not only past it.</summary>
    public bool NeedsOut { get; init; }

    /// <summary>Whether the service reads the frames that tandem_tx passes on.</summary>
    public bool HasService { get; init; }

    /// <summary>Where frames for the host are redirected to.</summary>
    public required ulong Host { get; init; }

    /// <summary>Where frames for the host are redirected to past the device; equal to <see cref="Host"/> if there is no such
    /// way.</summary>
    public required ulong ShortHost { get; init; }

    /// <summary>Redirects into the receive path of an interface.</summary>
    public static ulong Into(int ifindex) => ((ulong)Ingress << 32) | (uint)ifindex;

    /// <summary>Redirects out through an interface, and so into its other end.</summary>
    public static ulong OutBy(int ifindex) => (uint)ifindex;
}

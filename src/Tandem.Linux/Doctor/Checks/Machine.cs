namespace Tandem.Linux.Doctor.Checks;

/// <summary>A part of the findings, or why it could not be examined.</summary>
internal sealed record Observation<T>(T? Value, string? Problem)
    where T : class
{
    public static implicit operator Observation<T>(T value) => new(value, null);
}

/// <summary>The probes' findings on this machine: facts without judgement.</summary>
internal sealed record Machine
{
    public required Observation<Kernel> Kernel { get; init; }
    public required Observation<Rights> Rights { get; init; }
    public required Observation<Pairs> Pairs { get; init; }
    public required Observation<Tap> Tap { get; init; }
    public required Observation<PacketSockets> PacketSockets { get; init; }
    public required Observation<Netdev> Netdev { get; init; }
    public required Observation<Bpf> Bpf { get; init; }
    public required Observation<Hooks> Hooks { get; init; }
    public required Observation<Libbpf> Libbpf { get; init; }
    public required Observation<BondingDriver> BondingDriver { get; init; }
    public required Observation<Systemd> Systemd { get; init; }
    public required Observation<Managers> Managers { get; init; }
    public required Observation<IpStack> IpStack { get; init; }

    /// <summary>Whether a capability is effective; false if unknown.</summary>
    public bool Has(Capability capability) => Rights.Value?.Has(capability) ?? false;

    /// <summary>Whether the kernel has at least this version; false if unknown.</summary>
    public bool IsAtLeast(int major, int minor) => Kernel.Value?.Version is { } version && version >= new Version(major, minor);

    /// <summary>A build option of the kernel (<c>y</c>, <c>m</c>, <c>n</c>); null if unknown.</summary>
    public string? Config(string name) => Kernel.Value?.Config is { } config ? config.GetValueOrDefault(name, "n") : null;
}

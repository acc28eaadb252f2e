namespace Tandem.Linux.Doctor.Checks;

/// <summary>A part of the findings, or why it could not be looked at.</summary>
internal sealed record Observation<T>(T? Value, string? Problem)
    where T : class
{
    public static implicit operator Observation<T>(T value) => new(value, null);
}

/// <summary>What the probes found on this machine: facts, no judgement.</summary>
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

    /// <summary>Whether a right is effective; false too where rights could not be read.</summary>
    public bool Has(Capability capability) => Rights.Value?.Has(capability) ?? false;

    /// <summary>Whether this is a kernel of that version or a newer one; false too where that is not known.</summary>
    public bool IsAtLeast(int major, int minor) => Kernel.Value?.Version is { } version && version >= new Version(major, minor);

    /// <summary>How the kernel was built (<c>y</c>, <c>m</c>, <c>n</c>); null where that is not known.</summary>
    public string? Config(string name) => Kernel.Value?.Config is { } config ? config.GetValueOrDefault(name, "n") : null;
}

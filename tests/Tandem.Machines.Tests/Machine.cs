namespace Tandem.Machines.Tests;

/// <summary>A machine that <c>eng/guest</c> boots.</summary>
/// <param name="Kernel">Debian's kernel, as <c>6.12</c>; the newest of that version is taken.</param>
internal sealed record Machine(string Kernel)
{
    /// <summary><c>amd64</c> or <c>arm64</c>, as Debian calls them.</summary>
    public string Architecture { get; init; } = "amd64";

    /// <summary>A whole Debian with systemd, in place of a bare shell.</summary>
    public bool System { get; init; }

    /// <summary>The file of the machine's disk, which keeps what is written; null for a new disk each time.</summary>
    public string? Disk { get; init; }

    /// <summary>Network cards, of which the first is eth0: <c>virtio</c>, <c>e1000</c>, …; cables join eth0 with eth1, eth2 with eth3.</summary>
    public IReadOnlyList<string> Cards { get; init; } = [];

    public int Processors { get; init; } = 2;

    /// <summary>MiB.</summary>
    public int Memory { get; init; } = 1024;

    /// <summary>The options of <c>eng/guest run</c>.</summary>
    internal IEnumerable<string> Options =>
        [
            "--kernel",
            Kernel,
            "--arch",
            Architecture,
            .. System ? ["--system"] : Array.Empty<string>(),
            .. Disk is null ? Array.Empty<string>() : ["--disk", Disk],
            .. Cards.SelectMany(card => new[] { "--nic", card }),
            "--cpus",
            $"{Processors}",
            "--memory",
            $"{Memory}",
        ];
}

using System.Collections.Immutable;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Programs that manage interfaces and run on this machine.</summary>
internal sealed record Managers(IReadOnlyList<string> Running);

/// <summary>Whether somebody else may take members out of the bond's hands.</summary>
internal static class ManagersCheck
{
    /// <summary>What the kernel calls their processes (15 bytes at most), and what people call them.</summary>
    public static ImmutableArray<(string Process, string Name)> Known { get; } =
    [
        ("NetworkManager", "NetworkManager"),
        ("systemd-network", "systemd-networkd"),
        ("connmand", "ConnMan"),
        ("wickedd", "wicked"),
        ("dhcpcd", "dhcpcd"),
    ];

    public static Check NetworkManagers { get; } =
        Check.Of(
            "network-managers",
            "addresses and routes on bond0; to keep off its members",
            Need.None,
            machine => machine.Managers,
            Judge
        );

    private static Verdict Judge(Managers managers, Machine machine) =>
        managers.Running.Count == 0
            ? Verdict.Ok("none runs here")
            : Verdict.Limited(
                string.Join(", ", managers.Running),
                "brings members up and gives them addresses, unless told to keep off",
                "make the members unmanaged: docs/troubleshooting.md, \"NetworkManager, systemd-networkd and others\""
            );
}

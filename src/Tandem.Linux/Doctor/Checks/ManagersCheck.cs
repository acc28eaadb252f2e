using System.Collections.Immutable;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Running programs that manage interfaces.</summary>
internal sealed record Managers(IReadOnlyList<string> Running);

/// <summary>Whether another program may interfere with members.</summary>
internal static class ManagersCheck
{
    /// <summary>Their process names (15 bytes at most) and their usual names.</summary>
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
            "addresses and routes on bond0; they must not manage its members",
            Need.None,
            machine => machine.Managers,
            Judge
        );

    private static Verdict Judge(Managers managers, Machine machine) =>
        managers.Running.Count == 0
            ? Verdict.Ok("none is running")
            : Verdict.Limited(
                string.Join(", ", managers.Running),
                "sets members up and configures addresses on them, unless they are unmanaged",
                "make the members unmanaged: docs/troubleshooting.md, \"NetworkManager, systemd-networkd and others\""
            );
}

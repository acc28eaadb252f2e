using System.Globalization;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>The host's IP stack.</summary>
/// <param name="HasIpv6">Whether the kernel has IPv6.</param>
/// <param name="Backlog">net.core.netdev_max_backlog; null if unknown.</param>
internal sealed record IpStack(bool HasIpv6, int? Backlog);

/// <summary>Features of the host's IP stack.</summary>
internal static class IpStackChecks
{
    /// <summary>The kernel's default.</summary>
    private const int LeastBacklog = 1000;

    public static Check Ipv6 { get; } =
        Check.Of(
            "ipv6",
            "announcing a failover to IPv6 neighbours (neighbour advertisements, MLD reports)",
            Need.None,
            machine => machine.IpStack,
            (stack, _) =>
                stack.HasIpv6
                    ? Verdict.Ok("the kernel has IPv6")
                    : Verdict.Missing(
                        "the kernel has no IPv6",
                        "no IPv6 on bond0",
                        "if you need IPv6, start the kernel without ipv6.disable=1"
                    )
        );

    public static Check Backlog { get; } =
        Check.Of("backlog", "queueing frames between a member and bond0", Need.None, machine => machine.IpStack, JudgeBacklog);

    private static Verdict JudgeBacklog(IpStack stack, Machine machine) =>
        stack.Backlog switch
        {
            null => Verdict.Unknown("net.core.netdev_max_backlog cannot be read in this network namespace"),
            < LeastBacklog => Verdict.Limited(
                Frames(stack.Backlog.Value),
                "frames are dropped in bursts (second column of /proc/net/softnet_stat)",
                string.Create(CultureInfo.InvariantCulture, $"sysctl net.core.netdev_max_backlog={LeastBacklog}, or more")
            ),
            _ => Verdict.Ok(Frames(stack.Backlog.Value)),
        };

    private static string Frames(int count) => string.Create(CultureInfo.InvariantCulture, $"room for {count} frames on each processor");
}

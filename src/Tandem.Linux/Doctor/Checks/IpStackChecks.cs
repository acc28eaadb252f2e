using System.Globalization;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>The host's own network stack.</summary>
/// <param name="HasIpv6">Whether the kernel has IPv6.</param>
/// <param name="Backlog">net.core.netdev_max_backlog; null where it is not to be seen.</param>
internal sealed record IpStack(bool HasIpv6, int? Backlog);

/// <summary>What the host's own stack offers.</summary>
internal static class IpStackChecks
{
    /// <summary>The kernel's own default.</summary>
    private const int LeastBacklog = 1000;

    public static Check Ipv6 { get; } =
        Check.Of(
            "ipv6",
            "telling neighbours of a failover (neighbour advertisements, MLD reports)",
            Need.None,
            machine => machine.IpStack,
            (stack, _) =>
                stack.HasIpv6
                    ? Verdict.Ok("the kernel has it")
                    : Verdict.Missing("the kernel has none", "no IPv6 on bond0", "do without, or start the kernel without ipv6.disable=1")
        );

    public static Check Backlog { get; } =
        Check.Of("backlog", "frames on their way from a member to bond0", Need.None, machine => machine.IpStack, JudgeBacklog);

    private static Verdict JudgeBacklog(IpStack stack, Machine machine) =>
        stack.Backlog switch
        {
            null => Verdict.Unknown("net.core.netdev_max_backlog is not to be seen in this network namespace"),
            < LeastBacklog => Verdict.Limited(
                Frames(stack.Backlog.Value),
                "frames are dropped in bursts (second column of /proc/net/softnet_stat)",
                string.Create(CultureInfo.InvariantCulture, $"sysctl net.core.netdev_max_backlog={LeastBacklog}, or more")
            ),
            _ => Verdict.Ok(Frames(stack.Backlog.Value)),
        };

    private static string Frames(int count) => string.Create(CultureInfo.InvariantCulture, $"room for {count} frames on each processor");
}

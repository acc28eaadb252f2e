using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Result of creating and removing a table of the netdev family in one batch.</summary>
internal sealed record Netdev(LinuxResult Tried);

/// <summary>Whether nftables can keep frames of members from the host's own stack.</summary>
internal static class NetdevCheck
{
    private const string Cost = "members are isolated by NOARP and disabled IPv6 only: the host's own stack still sees their frames";

    public static Check NftablesNetdev { get; } =
        Check.Of("nftables-netdev", "keeping frames of members from the host's own stack", Need.None, machine => machine.Netdev, Judge);

    private static Verdict Judge(Netdev netdev, Machine machine) =>
        netdev.Tried.Errno switch
        {
            0 => Verdict.Ok("tables of the netdev family can be created"),
            Errno.EPERM when !machine.Has(Capability.NetAdmin) => Verdict.Unknown("cannot be tested without CAP_NET_ADMIN"),
            _ => Verdict.Missing(
                machine.Config("CONFIG_NF_TABLES_NETDEV") == "n" ? "the kernel was built without it" : $"refused: {netdev.Tried}",
                Cost,
                "use a kernel with CONFIG_NF_TABLES_NETDEV (modprobe nf_tables)"
            ),
        };
}

using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>What came of making and removing a table of the netdev family in one step.</summary>
internal sealed record Netdev(LinuxResult Tried);

/// <summary>Whether nftables can keep frames of members from the host's own stack.</summary>
internal static class NetdevCheck
{
    private const string Cost = "members are kept apart by NOARP and no IPv6 only: the host's own stack still sees their frames";

    public static Check NftablesNetdev { get; } =
        Check.Of("nftables-netdev", "keeping frames of members from the host's own stack", Need.None, machine => machine.Netdev, Judge);

    private static Verdict Judge(Netdev netdev, Machine machine) =>
        netdev.Tried.Errno switch
        {
            0 => Verdict.Ok("tables of the netdev family can be made"),
            Errno.EPERM when !machine.Has(Capability.NetAdmin) => Verdict.Unknown("not to be tried without CAP_NET_ADMIN"),
            _ => Verdict.Missing(
                machine.Config("CONFIG_NF_TABLES_NETDEV") == "n" ? "the kernel was built without it" : $"refused: {netdev.Tried}",
                Cost,
                "use a kernel with CONFIG_NF_TABLES_NETDEV (modprobe nf_tables)"
            ),
        };
}

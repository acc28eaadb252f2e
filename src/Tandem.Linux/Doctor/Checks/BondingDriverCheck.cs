namespace Tandem.Linux.Doctor.Checks;

/// <summary>The kernel's bonding driver.</summary>
/// <param name="IsLoaded">Whether it is loaded.</param>
/// <param name="IsBuiltIn">Whether it is built into the kernel; null if unknown.</param>
/// <param name="IsLoadable">Whether its module exists; null if unknown.</param>
/// <param name="Bonds">Its bonds in this network namespace.</param>
internal sealed record BondingDriver(bool IsLoaded, bool? IsBuiltIn, bool? IsLoadable, IReadOnlyList<string> Bonds);

/// <summary>Whether the kernel's driver could be confused with Tandem.</summary>
internal static class BondingDriverCheck
{
    private const string Remedy =
        "do not give both the same name; keep \"options bonding max_bonds=0\" in /etc/modprobe.d, so that loading it creates no bond0";

    public static Check Driver { get; } =
        Check.Of(
            "bonding-driver",
            "nothing; but its bonds can occupy the names of Tandem's bonds",
            Need.None,
            machine => machine.BondingDriver,
            Judge
        );

    private static Verdict Judge(BondingDriver driver, Machine machine)
    {
        if (driver.Bonds.Count > 0)
            return Verdict.Limited(
                $"in use for {string.Join(", ", driver.Bonds)}",
                "these names are taken, and their interfaces cannot be members of Tandem's bonds",
                "delete a bond of the driver (ip link delete) before you create one of that name; " + Remedy
            );
        if (driver.IsLoaded)
            return Verdict.Limited(
                "loaded, without bonds here",
                "\"ip link add type bond\" creates bonds of the driver, not of Tandem",
                Remedy
            );
        var config = machine.Config("CONFIG_BONDING");
        if (driver.IsBuiltIn == true || config == "y")
            return Verdict.Ok("built into the kernel, not in use");
        if (driver.IsLoadable == true || config == "m")
            return Verdict.Ok("not loaded, but loadable; Tandem does not need it");
        return driver is { IsLoadable: false } || config == "n"
            ? Verdict.Ok("absent; Tandem does not need it")
            : Verdict.Unknown("not loaded; whether it could be loaded cannot be determined");
    }
}

namespace Tandem.Linux.Doctor.Checks;

/// <summary>The kernel's own bonding driver.</summary>
/// <param name="IsLoaded">Whether it is in the kernel now.</param>
/// <param name="IsBuiltIn">Whether it is a part of the kernel; null where that is not to be seen.</param>
/// <param name="IsLoadable">Whether there is a module to load; null where that is not to be seen.</param>
/// <param name="Bonds">Its bonds in this network namespace.</param>
internal sealed record BondingDriver(bool IsLoaded, bool? IsBuiltIn, bool? IsLoadable, IReadOnlyList<string> Bonds);

/// <summary>Whether the kernel's own driver could be taken for Tandem.</summary>
internal static class BondingDriverCheck
{
    private const string Remedy =
        "do not give both the same name; keep \"options bonding max_bonds=0\" in /etc/modprobe.d, so that loading it makes no bond0";

    public static Check Driver { get; } =
        Check.Of(
            "bonding-driver",
            "nothing; its bonds are not Tandem's, and may have the names that you want",
            Need.None,
            machine => machine.BondingDriver,
            Judge
        );

    private static Verdict Judge(BondingDriver driver, Machine machine)
    {
        if (driver.Bonds.Count > 0)
            return Verdict.Limited(
                $"in use for {string.Join(", ", driver.Bonds)}",
                "these names are taken, and the interfaces in them are not Tandem's to have",
                "ip link delete a bond of the driver before you make one of that name; " + Remedy
            );
        if (driver.IsLoaded)
            return Verdict.Limited("loaded, without bonds here", "\"ip link add type bond\" makes bonds that are not Tandem's", Remedy);
        var config = machine.Config("CONFIG_BONDING");
        if (driver.IsBuiltIn == true || config == "y")
            return Verdict.Ok("a part of the kernel, not in use");
        if (driver.IsLoadable == true || config == "m")
            return Verdict.Ok("not loaded, could be; Tandem does without");
        return driver is { IsLoadable: false } || config == "n"
            ? Verdict.Ok("absent; Tandem does without")
            : Verdict.Unknown("not loaded; whether it could be is not to be seen");
    }
}

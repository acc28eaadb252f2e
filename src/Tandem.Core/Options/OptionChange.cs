namespace Tandem.Core.Options;

/// <summary>The state of a bond that a change of options depends on.</summary>
/// <param name="HasMembers">Whether the bond has members.</param>
/// <param name="IsUp">Whether the bond is administratively up.</param>
/// <param name="ActiveProblem">Returns why an interface cannot become the active member; null if it can.</param>
/// <param name="IsNew">Whether the bond is being created or restored.</param>
public readonly record struct OptionSituation(bool HasMembers, bool IsUp, Func<string, string?> ActiveProblem, bool IsNew = false);

/// <summary>
/// Applies changes of a bond's options by the driver's rules: its order, its checks, its side effects. Unlike the driver, which keeps the
/// changes before the first error, all changes of a command are applied or none.
/// </summary>
public static class OptionChange
{
    /// <summary>The options after the changes, or the first refusal.</summary>
    public static (BondOptions Options, OptionError? Error) Apply(
        BondOptions current,
        IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes,
        OptionSituation situation
    )
    {
        var options = current;
        if (FindConflict(changes) is { } conflict)
            return (current, conflict);
        // If an option is given twice, the last value counts, as with <c>ip</c>.
        foreach (
            var (option, value) in changes
                .GroupBy(change => change.Key.ApplyOrder)
                .Select(named => named.Last())
                .OrderBy(change => change.Key.ApplyOrder)
        )
        {
            if (Refuse(options, option, value, situation) is { } error)
                return (current, error);
            options = Set(options, option, value);
        }
        return FindImpossible(options) is { } impossible ? (current, impossible) : (options, null);
    }

    /// <summary>
    /// Why a bond cannot change to a set of options that is valid in itself; null if it can. Conflicts and modes were checked when the
    /// set was made (<see cref="Apply"/>).
    /// </summary>
    public static OptionError? RefuseAll(BondOptions current, BondOptions wanted, OptionSituation situation) =>
        BondOptionTable
            .Bond.Where(option => current[option] != wanted[option])
            .OrderBy(option => option.ApplyOrder)
            .Select(option => RefuseNow(current, option, wanted[option], situation))
            .FirstOrDefault(static error => error is not null);

    // Conflicts of values, regardless of the order in which they were set.
    private static OptionError? FindImpossible(BondOptions options) =>
        (options.DataPath, options.DeviceKind) switch
        {
            (DataPathChoice.CSharp, DeviceKind.Netkit or DeviceKind.Veth) => OptionError.Of(
                OptionErrorKind.Conflict,
                BondOptions.Known.DeviceKind,
                options[BondOptions.Known.DeviceKind].Format(BondOptions.Known.DeviceKind),
                "cannot be used together with data_path csharp: only programs in the kernel carry the frames of such a device",
                "accepted with it: auto, tap"
            ),
            _ => null,
        };

    private static OptionError? FindConflict(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        foreach (var (option, value) in changes)
        {
            foreach (var (other, otherValue) in changes)
            {
                if (value.Number > 0 && otherValue.Number > 0 && option.Excludes.Contains(other.Name, StringComparer.Ordinal))
                    return OptionError.Of(
                        OptionErrorKind.Conflict,
                        option,
                        value.Format(option),
                        $"cannot be used together with {other.Keyword} {otherValue.Format(other)}",
                        "links are monitored by carrier (miimon) or by probes (arp_interval), not both"
                    );
            }
        }
        return null;
    }

    // The driver's checks in the driver's order, with its errno in a comment.
    private static OptionError? Refuse(BondOptions options, BondOption option, OptionValue value, OptionSituation situation)
    {
        var text = value.Format(option);
        if (!option.AppliesTo(options.Mode)) // EACCES
        {
            var modes = BondOptions.Known.Mode.Choices.Where((_, number) => option.AppliesTo((BondMode)number));
            return OptionError.Of(
                OptionErrorKind.Mode,
                option,
                text,
                $"not an option of mode {options[BondOptions.Known.Mode].Format(BondOptions.Known.Mode)}",
                $"it belongs to {string.Join(", ", modes)}"
            );
        }
        if (RefuseNow(options, option, value, situation) is { } error)
            return error;
        if (option.NeedsMiimon && options.Miimon == 0) // EPERM
            return OptionError.Of(OptionErrorKind.Dependency, option, text, "needs the MII monitor", "set miimon, to 100 for instance");
        if (option == BondOptions.Known.ActiveMember && value.Name is { } name && situation.ActiveProblem(name) is { } problem) // EINVAL
            return OptionError.Of(OptionErrorKind.Device, option, text, problem);
        return null;
    }

    // Checks that depend on the bond's state only, not on the other options.
    private static OptionError? RefuseNow(BondOptions options, BondOption option, OptionValue value, OptionSituation situation)
    {
        var text = value.Format(option);
        if ((option.When & ChangeRule.Creation) != 0 && !situation.IsNew && value != options[option])
            return OptionError.Of(
                OptionErrorKind.Conflict,
                option,
                text,
                $"the bond was created with {option.Keyword} {options[option].Format(option)}",
                "remove the bond and create it again"
            );
        if ((option.When & ChangeRule.NoMembers) != 0 && situation.HasMembers) // ENOTEMPTY
            return OptionError.Of(
                OptionErrorKind.HasMembers,
                option,
                text,
                "cannot change while the bond has members",
                "release them first (nomaster)"
            );
        if ((option.When & ChangeRule.BondDown) != 0 && situation.IsUp) // EBUSY
            return OptionError.Of(OptionErrorKind.BondUp, option, text, "cannot change while the bond is up", "set it down first");
        return null;
    }

    private static BondOptions Set(BondOptions options, BondOption option, OptionValue value)
    {
        if (option == BondOptions.Known.Mode)
            return SetMode(options, (BondMode)value.Number);
        if (option == BondOptions.Known.Miimon)
            return SetMiimon(options, value.Number);
        if (option == BondOptions.Known.ArpInterval && value.Number > 0)
            options = SetMiimon(options, 0);
        // The active member is state, not configuration: nothing to store.
        return option == BondOptions.Known.ActiveMember ? options : options.With(option, value);
    }

    /// <summary>Options in another mode, with what follows from it.</summary>
    internal static BondOptions SetMode(BondOptions options, BondMode mode)
    {
        options = options
            .With(BondOptions.Known.Mode, (long)mode)
            .With(BondOptions.Known.ArpValidate, 0)
            .With(BondOptions.Known.BroadcastNeighbor, 0);
        if (mode is BondMode.Lacp or BondMode.BalanceTlb or BondMode.BalanceAlb)
        {
            options = options.With(BondOptions.Known.ArpInterval, 0);
            if (options.Miimon == 0)
                options = SetMiimon(options, 100);
        }
        return mode == BondMode.BalanceAlb ? options.With(BondOptions.Known.TlbDynamic, 1) : options;
    }

    private static BondOptions SetMiimon(BondOptions options, long miimon)
    {
        options = options.With(BondOptions.Known.Miimon, miimon);
        return miimon > 0 && options.ArpInterval > 0
            ? options.With(BondOptions.Known.ArpInterval, 0).With(BondOptions.Known.ArpValidate, 0)
            : options;
    }
}

using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// Changes of the options of the bond and of its members.
public sealed partial class Bond
{
    /// <summary>Why a change of options would be refused; null if it would be accepted. Changes nothing.</summary>
    public OptionError? Check(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes) => Apply(changes).Error;

    /// <summary>Changes options of the bond: all, or none and the reason is returned.</summary>
    public OptionError? Change(long now, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        var (options, error) = Apply(changes);
        return error ?? Become(now, options, changes);
    }

    /// <summary>Why <see cref="Become(long, BondOptions)"/> would be refused; null if it would be accepted, as far as known before
    /// trying.</summary>
    public OptionError? CheckBecome(BondOptions wanted) =>
        OptionChange.RefuseAll(Options, wanted, new OptionSituation(_members.Count > 0, IsUp, ActiveProblem));

    /// <summary>
    /// Replaces all options of the bond by a valid set. Conflicts with present values and side effects of single changes do not apply.
    /// All are set, or none and the reason is returned.
    /// </summary>
    public OptionError? Become(long now, BondOptions wanted) =>
        CheckBecome(wanted) is { } error ? error
        : wanted == Options ? null
        : Become(now, wanted, []);

    private OptionError? Become(long now, BondOptions options, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        var before = Options;
        var primaryBefore = Primary;
        if (options.DataPath != before.DataPath && UseDataPath(options.DataPath) is { } refused)
            return refused;
        if (options.Passage != before.Passage && UsePassage(options.Passage) is { } noPassage)
        {
            if (options.DataPath != before.DataPath)
                Host.UseDataPath(before.DataPath);
            return noPassage;
        }

        Options = options;
        Configure(before, now);
        ReportChanges(before, changes, now);
        if (before.Miimon != options.Miimon)
            SchedulePoll(now);
        if (before.FlapLimit > 0 && options.FlapLimit == 0)
            _members.ForEach(member => LinkPolicy.EndDamping(member.Monitored, options));
        if (options.Primary != before.Primary || Names(changes, BondOptions.Known.Primary))
            PrimaryNamed(primaryBefore);
        else if (Names(changes, BondOptions.Known.PrimaryReselect))
            RequestReselection("primary_reselect was set");

        var active = changes.LastOrDefault(change => change.Key == BondOptions.Known.ActiveMember);
        if (active.Key is not null)
            ChooseActive(active.Value.Name, now);
        Settle(now);
        return null;
    }

    /// <summary>
    /// Why a change of member options would be refused, for a member or an interface that is about to join; null if it would be accepted.
    /// Changes nothing.
    /// </summary>
    public OptionError? CheckMember(int ifindex, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        foreach (var (option, value) in changes)
        {
            if (RefuseMemberOption(ifindex, option, value) is { } error)
                return error;
        }
        return null;
    }

    /// <summary>Changes options of one member: all, or none and the reason is returned.</summary>
    public OptionError? ChangeMember(long now, int ifindex, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes)
    {
        if (FindMember(ifindex) is not { } member)
            return new OptionError(OptionErrorKind.Device, $"interface {ifindex}", $"not a member of {Name}");
        if (CheckMember(ifindex, changes) is { } error)
            return error;
        foreach (var (option, value) in changes)
        {
            if (member[option] != value)
            {
                Report(now, EventKind.OptionsChanged, member, $"{option} {Shown(option, member[option])} is now {Shown(option, value)}");
                member.Set(option, value);
                Mode.OptionChanged(member, option, value, now);
            }
            // Also if the value is unchanged: the driver reselects whenever prio is set, as for primary_reselect.
            if (option == Member.Known.Priority && Primary is null)
                RequestReselection($"the prio of {member.Name} was set");
            else if (option == Member.Known.Priority)
                Report(now, EventKind.Notice, member, $"prio has no effect while the primary, {Primary!.Name}, has a link");
        }
        Settle(now);
        return null;
    }

    private void Configure(BondOptions before, long now)
    {
        if (Options.Mode != before.Mode)
            Mode = _modes.Make(Options.Mode, this);
        Mode.Configure(before, now);
        _probes.Configure(before, now);
        WatchStack();
    }

    private OptionError? UseDataPath(DataPathChoice choice)
    {
        var option = BondOptions.Known.DataPath;
        return Host.UseDataPath(choice) is { IsOk: false } refused
            ? OptionError.Of(
                OptionErrorKind.Unavailable,
                option,
                new OptionValue((long)choice).Format(option),
                refused.Problem!,
                choice == DataPathChoice.CSharp ? "accepted here: auto, ebpf" : "accepted here: auto, csharp"
            )
            : null;
    }

    private OptionError? UsePassage(DevicePassage passage)
    {
        var option = BondOptions.Known.Passage;
        return Host.UsePassage(passage) is { IsOk: false } refused
            ? OptionError.Of(OptionErrorKind.Unavailable, option, new OptionValue((long)passage).Format(option), refused.Problem!)
            : null;
    }

    private (BondOptions Options, OptionError? Error) Apply(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes) =>
        OptionChange.Apply(Options, changes, new OptionSituation(_members.Count > 0, IsUp, ActiveProblem));

    private OptionError? RefuseMemberOption(int ifindex, BondOption option, OptionValue value)
    {
        var text = value.Format(option);
        if (!option.AppliesTo(Options.Mode))
            return OptionError.Of(OptionErrorKind.Mode, option, text, $"not an option of mode {ModeName}");
        if (option == Member.Known.QueueId && value.Number > _device.Queues)
            return OptionError.Of(
                OptionErrorKind.Range,
                option,
                text,
                $"{Name} has {_device.Queues} transmit queues",
                $"accepted: 0 to {_device.Queues} (0: none); numtxqueues of \"link add\" sets their number"
            );
        if (
            option == Member.Known.QueueId
            && value.Number != 0
            && _members.Find(other => other.Ifindex != ifindex && other.QueueId == value.Number) is { } owner
        )
            return OptionError.Of(
                OptionErrorKind.Conflict,
                option,
                text,
                $"{owner.Name} has that queue",
                "each queue belongs to one member at most"
            );
        return null;
    }

    private string? ActiveProblem(string name)
    {
        if (_members.Find(member => member.Name == name) is not { } member)
            return $"not a member of {Name}";
        if (Active is null)
            return "no member is active now, so there is nothing to take over";
        return member.State == LinkState.Up && member.Link.IsRunning ? null : "its link is not up";
    }

    private void PrimaryNamed(Member? before)
    {
        _forcePrimary = Primary is not null;
        if (Primary is { } primary)
            RequestReselection($"{primary.Name} was named the primary");
        else if (before is not null)
            RequestReselection("there is no primary any more");
    }

    private void ChooseActive(string? name, long now)
    {
        if (name is null)
        {
            Active = null;
            RequestReselection("active_slave was cleared");
        }
        else
        {
            SwitchTo(_members.Find(member => member.Name == name), "chosen by a user", now);
        }
    }

    private void ReportChanges(BondOptions before, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes, long now)
    {
        foreach (var option in BondOptionTable.Bond)
        {
            if (before[option] != Options[option])
                Report(
                    now,
                    EventKind.OptionsChanged,
                    null,
                    $"{option} {Shown(option, before[option])} is now {Shown(option, Options[option])}"
                );
        }
        foreach (var (option, value) in changes)
        {
            if (option.NeedsMiimon && Options[option].Number < value.Number)
                Report(
                    now,
                    EventKind.Notice,
                    null,
                    $"{option} {value.Number} is not a multiple of miimon {Options.Miimon}, rounded down to {Options[option].Number} ms"
                );
        }
    }

    private static string Shown(BondOption option, OptionValue value) => value.IsEmpty(option) ? "none" : value.Format(option);

    private static bool Names(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes, BondOption option) =>
        changes.Any(change => change.Key == option);
}

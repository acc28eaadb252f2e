using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>Brings bonds to the state that specs describe: each difference becomes a step.</summary>
internal sealed class Reconciler(BondSet bonds, BondRequests requests, INetwork network)
{
    /// <summary>
    /// Brings a bond to the state of a spec, or changes nothing. A bond in that state is not touched. Options that can only be changed without members
    /// or while the bond is down are changed so: its members leave and join again.
    /// </summary>
    /// <returns>Whether the bond was created.</returns>
    public Answer<bool> Put(long now, string name, BondSpec spec)
    {
        if (InterfaceName.Problem(name) is { } problem)
            return Refusals.Request($"name \"{name}\": {problem}");
        var read = SpecReader.Read(network, name, spec);
        if (read.Value is not { } wanted)
            return read.Refusal!;
        var steps = new Steps();
        var isNew = bonds.Find(name) is null;
        if (isNew)
        {
            var request = new CreateBondRequest
            {
                Name = name,
                NumTxQueues = spec.NumTxQueues,
                Options = spec.Options,
                Address = spec.Address,
                Mtu = spec.Mtu,
            };
            if (steps.Make("the bond was made", () => requests.Create(now, request), () => requests.Remove(now, name)) is { } refused)
                return refused;
        }
        var bond = bonds.Find(name)!;
        var refusal = Reconcile(now, bond, wanted, steps, out var isSetDown);
        if (isSetDown)
            GiveBackAddresses(now, bond);
        // A new bond whose spec is refused is removed, with its file.
        if (bonds.Find(name) == bond)
            bond.Save();
        return refusal is null ? isNew : refusal;
    }

    /// <summary>
    /// Brings members of a bond that was taken over to their state before, as far as possible: a refusal concerns one member, and not the others.
    /// </summary>
    public void Resume(long now, RunningBond bond, IReadOnlyList<WantedMember> members, Action<ErrorMessage> refused)
    {
        foreach (var member in members)
        {
            if (JoinStep(now, bond, member, new Steps()) is { } refusal)
                refused(refusal);
        }
    }

    // The kernel removes routes and IPv6 addresses of a device that is set down.
    private void GiveBackAddresses(long now, RunningBond bond)
    {
        if (bond.Brain.IsUp && GiveBackAddresses(bond, bond.DeviceBefore) is { } problem)
            bonds.Tell(now, bond, EventKind.Fault, $"not all IP addresses and routes are back after it was down for a change: {problem}");
    }

    /// <summary>Gives a bond's device, which is up, the IP addresses and routes that it had. Returns the problem, or null.</summary>
    /// <param name="bond">The bond.</param>
    /// <param name="before">Its device; null if it is not known.</param>
    public string? GiveBackAddresses(RunningBond bond, SavedMember? before) =>
        bond.Device.Netnsid is not null ? "its device is in another network namespace; set them there again"
        : before is null ? null
        : network.SetUpAgain(before with { Ifindex = bond.Device.Ifindex, Address = bond.Brain.Address.ToString() });

    private ErrorMessage? Reconcile(long now, RunningBond bond, WantedBond wanted, Steps steps, out bool isSetDown)
    {
        var options = wanted.Options;
        // The kind of device stays, unless the spec names one.
        if (options.DeviceKind == DeviceKind.Auto)
            options = options.With(BondOptions.Known.DeviceKind, (long)bond.Brain.Options.DeviceKind);
        var before = bond.Members;
        var keeps = wanted.Members ?? before;
        var isStripped = bond.Brain.CheckBecome(options) is { Kind: OptionErrorKind.HasMembers or OptionErrorKind.BondUp };
        isSetDown = isStripped && bond.Brain.IsUp;
        if (CheckMembers(bond, options.Mode, keeps) is { } impossible)
            return steps.Refuse(impossible);
        var up = wanted.Wishes.Up ?? (isStripped ? bond.Brain.IsUp : null);
        if (isSetDown && SetUp(now, bond, false, steps) is { } notDown)
            return notDown;
        // The last one first: if the release is undone, the first member joins first, and gives the bond its address again.
        foreach (var member in before.Reverse())
        {
            var stays = keeps.Any(kept => kept.Name == member.Name);
            if ((isStripped || !stays) && ReleaseStep(now, bond, member, steps) is { } notReleased)
                return notReleased;
        }
        if ((wanted.Wishes with { Options = [], Up = null }).CarryOut(now, bond, steps) is { } refused)
            return refused;
        if (BecomeStep(now, bond, options, steps) is { } notChanged)
            return notChanged;
        foreach (var member in keeps)
        {
            if (JoinStep(now, bond, member, steps) is { } notJoined)
                return notJoined;
        }
        if (up is { } wish && wish != bond.Brain.IsUp && SetUp(now, bond, wish, steps) is { } notUp)
            return notUp;
        var active = wanted.Wishes.Options.Where(change => change.Key == BondOptions.Known.ActiveMember).ToList();
        return active is [.., { Value.Name: { } name }] && name != bond.Brain.Active?.Name
            ? new BondWishes(active, null, null, null).CarryOut(now, bond, steps)
            : null;
    }

    // Finds refusals of members before other members leave.
    private ErrorMessage? CheckMembers(RunningBond bond, BondMode mode, IReadOnlyList<WantedMember> members)
    {
        foreach (var member in members)
        {
            foreach (var (option, value) in member.Options)
            {
                if (!option.AppliesTo(mode) && value != new OptionValue(option.Default))
                    return Named(
                        member,
                        OptionError.Of(
                            OptionErrorKind.Mode,
                            option,
                            value.Format(option),
                            $"not an option of mode {BondOptions.Known.Mode.Choices[(int)mode]}"
                        )
                    );
            }
            if (
                bond.FindMember(member.Name) is null
                && network.Find(member.Name) is { } link
                && bonds.OwnerOf(link.Ifindex) is null
                && bond.Brain.CheckCandidate(network.CandidateOf(link)) is { } error
            )
                return Refusals.Of(error);
        }
        return null;
    }

    private static ErrorMessage Named(WantedMember member, OptionError error)
    {
        var refusal = Refusals.Of(error);
        return refusal with { Message = $"{member.Name}: {refusal.Message}" };
    }

    private static ErrorMessage? BecomeStep(long now, RunningBond bond, BondOptions options, Steps steps)
    {
        var before = bond.Brain.Options;
        return before == options
            ? null
            : steps.Make(
                "options",
                () => Refusals.OfAny(bond.Brain.Become(now, options)),
                () => Refusals.OfAny(bond.Brain.Become(now, before))
            );
    }

    private static ErrorMessage? SetUp(long now, RunningBond bond, bool up, Steps steps) =>
        new BondWishes([], null, null, up).CarryOut(now, bond, steps);

    private ErrorMessage? ReleaseStep(long now, RunningBond bond, WantedMember member, Steps steps) =>
        steps.Make($"{member.Name} was released", () => requests.Release(now, bond.Name, member.Name), () => JoinWith(now, bond, member));

    // Lets an interface join, and sets a member's options.
    private ErrorMessage? JoinStep(long now, RunningBond bond, WantedMember wanted, Steps steps)
    {
        if (bond.FindMember(wanted.Name) is { } member)
        {
            var changes = wanted.ChangesFrom(member);
            var values = BondOptionTable.Member.Select(option => KeyValuePair.Create(option, member[option])).ToList();
            return changes.Count == 0
                ? null
                : steps.Make(
                    $"options of {wanted.Name}",
                    () => BondRequests.Set(now, bond, member.Ifindex, changes),
                    () => BondRequests.Set(now, bond, member.Ifindex, [.. values.Where(value => member[value.Key] != value.Value)])
                );
        }
        // An interface must be down to join.
        if (network.Find(wanted.Name) is { IsUp: true } link && bonds.OwnerOf(link.Ifindex) is null)
        {
            var before = bond.FindPrepared(link.Ifindex);
            var refused = steps.Make(
                $"{wanted.Name} was set down",
                () => network.SetUp(link.Ifindex, wanted.Name, false),
                () => network.SetUpAgain(link.Ifindex, wanted.Name, before)
            );
            if (refused is not null)
                return refused;
        }
        var owner = network.Find(wanted.Name) is { } found ? bonds.OwnerOf(found.Ifindex) : null;
        var asItWas = owner?.Members.First(other => other.Name == wanted.Name);
        return steps.Make(
            $"{wanted.Name} joined",
            () => JoinWith(now, bond, wanted),
            () => asItWas is not null ? JoinWith(now, owner!, asItWas) : requests.Release(now, bond.Name, wanted.Name)
        );
    }

    private ErrorMessage? JoinWith(long now, RunningBond bond, WantedMember member)
    {
        var options = member.Options.ToDictionary(named => named.Key.Name, named => named.Value.Format(named.Key), StringComparer.Ordinal);
        return requests.Join(now, bond.Name, member.Name, new ChangeMemberRequest { Options = options });
    }
}

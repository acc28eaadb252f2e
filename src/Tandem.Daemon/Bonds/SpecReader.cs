using Tandem.Api;
using Tandem.Core.Options;

namespace Tandem.Daemon.Bonds;

/// <summary>A spec, checked as far as possible without the bond.</summary>
/// <param name="Wishes">The settings of the bond that the spec names.</param>
/// <param name="Options">All of the bond's options.</param>
/// <param name="Members">The members with their options; null to leave the members unchanged.</param>
internal sealed record WantedBond(BondWishes Wishes, BondOptions Options, IReadOnlyList<WantedMember>? Members);

/// <summary>A member in a spec.</summary>
/// <param name="Name">Its interface.</param>
/// <param name="Options">The options that the spec names.</param>
internal sealed record WantedMember(string Name, IReadOnlyList<KeyValuePair<BondOption, OptionValue>> Options)
{
    /// <summary>The changes that give a member the named options, and the default of all others.</summary>
    public List<KeyValuePair<BondOption, OptionValue>> ChangesFrom(Core.Bonds.Member member) =>
        [
            .. BondOptionTable
                .Member.Select(option => KeyValuePair.Create(option, ValueOf(option)))
                .Where(wanted => member[wanted.Key] != wanted.Value),
        ];

    private OptionValue ValueOf(BondOption option)
    {
        foreach (var (named, value) in Options)
        {
            if (named == option)
                return value;
        }
        return new OptionValue(option.Default);
    }
}

/// <summary>Reads specs.</summary>
internal static class SpecReader
{
    /// <summary>Reads the spec of a bond with that name.</summary>
    public static Answer<WantedBond> Read(INetwork network, string name, BondSpec spec)
    {
        if (RequestReader.QueuesProblem(spec.NumTxQueues) is { } outside)
            return outside;
        var request = new ChangeBondRequest
        {
            Options = spec.Options,
            Address = spec.Address,
            Mtu = spec.Mtu,
            Up = spec.Up,
        };
        var read = BondWishes.Read(network, request);
        if (read.Value is not { } wishes)
            return read.Refusal!;
        // As for a new bond: with the same side effects, whatever the bond's earlier options.
        var situation = new OptionSituation(HasMembers: false, IsUp: false, _ => null, IsNew: true);
        var (options, impossible) = OptionChange.Apply(BondOptions.Default, wishes.Options, situation);
        if (impossible is not null)
            return impossible;
        var members = Members(network, name, spec.Members);
        return members.Refusal is { } refusal ? refusal : new WantedBond(wishes, options, members.Value);
    }

    private static Answer<IReadOnlyList<WantedMember>?> Members(INetwork network, string bond, IReadOnlyList<MemberSpec>? members)
    {
        if (members is null)
            return default(Answer<IReadOnlyList<WantedMember>?>);
        var wanted = new List<WantedMember>();
        foreach (var member in members)
        {
            if (member is null)
                return Refusals.Request("members: one of them is null; accepted: objects with \"name\", and \"options\" if it has any");
            if (wanted.Exists(other => other.Name == member.Name))
                return Refusals.Request($"members: {member.Name} is named twice; accepted: each interface once");
            if (member.Name == bond || network.Find(member.Name) is null)
                return Refusals.NoDevice(member.Name);
            var options = RequestReader.Options(OptionScope.Member, member.Options);
            if (options.Refusal is { } refusal)
                return refusal;
            wanted.Add(new WantedMember(member.Name, options.Value!));
        }
        return wanted;
    }
}

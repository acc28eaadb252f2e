using System.Globalization;
using Tandem.Api;
using Tandem.Config.Specs;
using Tandem.Core.Options;

namespace Tandem.Config.Planning;

/// <summary>
/// Compares wanted bonds with present ones. What a wanted spec leaves open (MTU, address, members) is not a difference; nor is the number
/// of queues, which an existing bond keeps.
/// </summary>
public static class Difference
{
    /// <summary>The differences, in the order of the wanted bonds, then of those that are removed.</summary>
    /// <param name="present">The bonds as they are.</param>
    /// <param name="wanted">The bonds as they should be.</param>
    /// <param name="removesOthers">Whether present bonds that are not wanted are removed; otherwise they are left alone.</param>
    public static IReadOnlyList<BondChange> Between(
        IReadOnlyList<NamedBond> present,
        IReadOnlyList<NamedBond> wanted,
        bool removesOthers = false
    )
    {
        var owners = Owners(present);
        var destinations = Owners(wanted);
        var changes = new List<BondChange>();
        foreach (var bond in wanted)
        {
            var before = present.FirstOrDefault(other => other.Name == bond.Name)?.Spec;
            var values = Values(before, bond.Spec);
            var members = Members(bond.Name, before?.Members ?? [], bond.Spec.Members, owners, destinations);
            if (before is null || values.Count > 0 || members.Count > 0)
                changes.Add(new BondChange(before is null ? BondChangeKind.Added : BondChangeKind.Changed, bond.Name, values, members));
        }
        foreach (var other in present.Where(other => wanted.All(bond => bond.Name != other.Name)))
        {
            // A bond that the files do not name loses the members that they give to others.
            var leaving = (other.Spec.Members ?? [])
                .Where(member => removesOthers || destinations.ContainsKey(member.Name))
                .Select(member => new MemberChange(MemberChangeKind.Leaves, member.Name, destinations.GetValueOrDefault(member.Name), []))
                .ToList();
            if (removesOthers || leaving.Count > 0)
                changes.Add(new BondChange(removesOthers ? BondChangeKind.Removed : BondChangeKind.Changed, other.Name, [], leaving));
        }
        return changes;
    }

    private static Dictionary<string, string> Owners(IReadOnlyList<NamedBond> bonds)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var bond in bonds)
        {
            foreach (var member in bond.Spec.Members ?? [])
                owners.TryAdd(member.Name, bond.Name);
        }
        return owners;
    }

    private static List<ValueChange> Values(BondSpec? before, BondSpec after)
    {
        var values = Options(OptionScope.Bond, CanonicalOptions(before), CanonicalOptions(after)!);
        Add(values, "address", before?.Address, after.Address);
        Add(values, "mtu", Text(before?.Mtu), Text(after.Mtu));
        if (before is null)
            Add(values, "numtxqueues", null, Text(after.NumTxQueues));
        Add(values, "up", before is null ? null : OnOff(before.Up ?? false), after.Up is { } up ? OnOff(up) : null);
        return values;
    }

    private static IReadOnlyDictionary<string, string>? CanonicalOptions(BondSpec? spec) =>
        spec is null ? null : CanonicalSpec.Of(spec).Options;

    private static List<MemberChange> Members(
        string bond,
        IReadOnlyList<MemberSpec> before,
        IReadOnlyList<MemberSpec>? after,
        Dictionary<string, string> owners,
        Dictionary<string, string> destinations
    )
    {
        var changes = new List<MemberChange>();
        foreach (var member in after ?? [])
        {
            var earlier = before.FirstOrDefault(other => other.Name == member.Name);
            var values = Options(
                OptionScope.Member,
                earlier is null ? null : CanonicalSpec.OfMember(earlier.Options),
                CanonicalSpec.OfMember(member.Options)
            );
            if (earlier is null)
            {
                var owner = owners.GetValueOrDefault(member.Name);
                changes.Add(new MemberChange(MemberChangeKind.Joins, member.Name, owner == bond ? null : owner, values));
            }
            else if (values.Count > 0)
                changes.Add(new MemberChange(MemberChangeKind.Changes, member.Name, null, values));
        }
        foreach (var member in before)
        {
            var destination = destinations.GetValueOrDefault(member.Name);
            var stays = after is null ? destination is null : destination == bond;
            if (!stays)
                changes.Add(new MemberChange(MemberChangeKind.Leaves, member.Name, destination, []));
        }
        return changes;
    }

    // Options that are not named have their defaults.
    private static List<ValueChange> Options(
        OptionScope scope,
        IReadOnlyDictionary<string, string>? before,
        IReadOnlyDictionary<string, string> after
    )
    {
        var values = new List<ValueChange>();
        // Of an existing bond or member also those that neither side names: a default may depend on the mode.
        var table = scope == OptionScope.Bond ? BondOptionTable.Bond : BondOptionTable.Member;
        var names = before is null ? after.Keys : table.Select(option => option.Name).Union(after.Keys).Union(before.Keys);
        foreach (var name in names)
        {
            var option = BondOptionTable.TryFind(scope, name, out var found) ? found : null;
            // The active member is state: a spec that does not name it leaves it as it is.
            if (option == BondOptions.Known.ActiveMember && !after.ContainsKey(name))
                continue;
            var text = after.GetValueOrDefault(name) ?? Default(option, after);
            var old = before is null ? null : before.GetValueOrDefault(name) ?? Default(option, before);
            if (text != old)
                values.Add(new ValueChange(option?.Keyword ?? name, old, text));
        }
        return values;
    }

    // Some defaults depend on the mode.
    private static string Default(BondOption? option, IReadOnlyDictionary<string, string> options)
    {
        if (option is null)
            return "";
        if (option.Scope == OptionScope.Member)
            return new OptionValue(option.Default).Format(option);
        var mode = BondOptions.Known.Mode;
        var changes =
            options.TryGetValue(mode.Name, out var text) && OptionParser.TryParse(mode, text, out var value, out _)
                ? new[] { KeyValuePair.Create(mode, value) }
                : [];
        return SpecOptions.Apply(changes).Options[option].Format(option);
    }

    private static void Add(List<ValueChange> values, string name, string? before, string? after)
    {
        if (after is not null && after != before)
            values.Add(new ValueChange(name, before, after));
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string OnOff(bool value) => value ? "on" : "off";
}

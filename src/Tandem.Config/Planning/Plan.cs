namespace Tandem.Config.Planning;

/// <summary>Orders the steps from present bonds to wanted ones.</summary>
public static class Plan
{
    /// <summary>
    /// The steps: first the bonds that go, then releases of members that other bonds get, then each bond that differs. So no interface
    /// is asked for by two bonds at once, and two bonds may exchange members.
    /// </summary>
    public static IReadOnlyList<Step> Of(IReadOnlyList<NamedBond> present, IReadOnlyList<NamedBond> wanted, bool removesOthers = false)
    {
        var changes = Difference.Between(present, wanted, removesOthers);
        var now = present.ToDictionary(bond => bond.Name, bond => bond.Spec, StringComparer.Ordinal);
        var steps = new List<Step>();
        foreach (var change in changes.Where(change => change.Kind == BondChangeKind.Removed))
            steps.Add(new Step(change.Bond, null));
        foreach (var change in changes.Where(change => change.Kind == BondChangeKind.Changed))
        {
            var moving = change.Members.Where(IsMove).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
            if (moving.Count == 0)
                continue;
            var before = now[change.Bond];
            now[change.Bond] = before with { Members = [.. before.Members!.Where(member => !moving.Contains(member.Name))] };
            steps.Add(new Step(change.Bond, now[change.Bond]));
        }
        foreach (var change in changes.Where(change => change.Kind != BondChangeKind.Removed))
        {
            var isDone = change.Kind == BondChangeKind.Changed && change.Values.Count == 0 && change.Members.All(IsMove);
            if (!isDone && wanted.FirstOrDefault(bond => bond.Name == change.Bond) is { } bond)
                steps.Add(new Step(bond.Name, bond.Spec));
        }
        return steps;
    }

    private static bool IsMove(MemberChange member) => member is { Kind: MemberChangeKind.Leaves, Other: not null };
}

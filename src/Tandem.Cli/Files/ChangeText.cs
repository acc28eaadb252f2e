using System.Text;
using Tandem.Config.Planning;

namespace Tandem.Cli.Files;

/// <summary>Differences as text, a line for each.</summary>
internal static class ChangeText
{
    /// <summary>The text.</summary>
    /// <param name="changes">The differences.</param>
    /// <param name="others">Bonds that run and are not wanted, and stay.</param>
    public static string Format(IReadOnlyList<BondChange> changes, IEnumerable<string> others)
    {
        var text = new StringBuilder();
        foreach (var change in changes)
            Append(text, change);
        if (changes.Count == 0)
            text.Append("The bonds are as wanted.\n");
        foreach (var other in others)
            text.Append(other).Append(": not in the files; stays (--prune removes it)\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, BondChange change)
    {
        var what = change.Kind switch
        {
            BondChangeKind.Added => "new",
            BondChangeKind.Removed => "removed",
            _ => "changed",
        };
        text.Append(change.Bond).Append(": ").Append(what).Append('\n');
        foreach (var value in change.Values)
            text.Append("  ").Append(Describe(value)).Append('\n');
        foreach (var member in change.Members)
            text.Append("  ").Append(Describe(member)).Append('\n');
    }

    private static string Describe(MemberChange member)
    {
        var what = (member.Kind, member.Other) switch
        {
            (MemberChangeKind.Joins, null) => "joins",
            (MemberChangeKind.Joins, var from) => $"joins, from {from}",
            (MemberChangeKind.Leaves, null) => "leaves",
            (MemberChangeKind.Leaves, var to) => $"leaves, to {to}",
            _ => "changes",
        };
        return member.Values.Count == 0
            ? $"{member.Name} {what}"
            : $"{member.Name} {what}: {string.Join(", ", member.Values.Select(Describe))}";
    }

    private static string Describe(ValueChange value) =>
        value.Old is null ? $"{value.Name} {Shown(value.New)}" : $"{value.Name} {Shown(value.Old)} -> {Shown(value.New)}";

    // Lists and names of interfaces can be empty.
    private static string Shown(string value) => value.Length == 0 ? "none" : value;
}

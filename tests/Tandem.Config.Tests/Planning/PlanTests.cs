using CsCheck;
using Tandem.Api;
using Tandem.Config.Planning;
using Xunit;

namespace Tandem.Config.Tests.Planning;

public sealed class PlanTests
{
    // For each of six interfaces the number of its bond, or none.
    private static readonly Gen<int[]> Places = Gen.Int[0, 4].Array[6];

    [Theory]
    [InlineData("bond0: {}", "bond0: {}", "")]
    [InlineData("", "bond0: {interfaces: [eth0]}", "put bond0 eth0")]
    [InlineData("bond0: {interfaces: [eth0]}", "bond0: {interfaces: []}", "put bond0")]
    [InlineData("bond0: {interfaces: [eth0, eth2]}", "bond1: {interfaces: [eth0]}", "put bond0 eth2; put bond1 eth0")]
    [InlineData(
        "bond0: {interfaces: [eth0]}\n    bond1: {interfaces: [eth1]}",
        "bond0: {interfaces: [eth1]}\n    bond1: {interfaces: [eth0]}",
        "put bond0; put bond1; put bond0 eth1; put bond1 eth0"
    )]
    public void Members_are_released_before_another_bond_gets_them(string present, string wanted, string expected) =>
        Assert.Equal(expected, Text(Plan.Of(DifferenceTests.Bonds(present), DifferenceTests.Bonds(wanted))));

    [Fact]
    public void A_bond_that_goes_is_removed_first() =>
        Assert.Equal(
            "remove bond0; put bond1 eth0",
            Text(
                Plan.Of(
                    DifferenceTests.Bonds("bond0: {interfaces: [eth0]}"),
                    DifferenceTests.Bonds("bond1: {interfaces: [eth0]}"),
                    removesOthers: true
                )
            )
        );

    [Fact]
    public void Any_change_of_members_is_carried_out() =>
        Gen.Select(Places, Places, Gen.Bool)
            .Sample(
                (before, after, removesOthers) =>
                {
                    var (present, wanted) = (Bonds(before), Bonds(after));
                    var host = present.ToDictionary(bond => bond.Name, bond => bond.Spec, StringComparer.Ordinal);
                    var steps = Plan.Of(present, wanted, removesOthers);
                    foreach (var step in steps)
                        Put(host, step.Bond, step.Spec);
                    Assert.All(wanted, bond => Assert.Equal(Texts.Json(bond.Spec), Texts.Json(host[bond.Name])));
                    Assert.Equal(
                        removesOthers ? wanted.Count : present.Select(bond => bond.Name).Union(wanted.Select(bond => bond.Name)).Count(),
                        host.Count
                    );
                },
                iter: 2_000
            );

    // A host that refuses an interface which is a member of another bond.
    private static void Put(Dictionary<string, BondSpec> host, string bond, BondSpec? spec)
    {
        if (spec is null)
        {
            Assert.True(host.Remove(bond));
            return;
        }
        foreach (var member in spec.Members!)
            Assert.DoesNotContain(host, other => other.Key != bond && other.Value.Members!.Any(taken => taken.Name == member.Name));
        host[bond] = spec;
    }

    private static IReadOnlyList<NamedBond> Bonds(int[] places) =>
        DifferenceTests.Bonds(
            string.Join(
                "\n    ",
                places
                    .Select((bond, i) => (Bond: bond, Name: $"eth{i}"))
                    .Where(member => member.Bond > 0)
                    .GroupBy(member => member.Bond, member => member.Name)
                    .Select(bond => $"bond{bond.Key}: {{interfaces: [{string.Join(", ", bond)}]}}")
            )
        );

    private static string Text(IReadOnlyList<Step> steps) =>
        string.Join(
            "; ",
            steps.Select(step =>
                step.Spec is null
                    ? $"remove {step.Bond}"
                    : $"put {step.Bond} {string.Join(' ', step.Spec.Members!.Select(member => member.Name))}".TrimEnd()
            )
        );
}

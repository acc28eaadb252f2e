using System.Reflection;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>Every case of the catalogue has a test, or is listed here with a reason.</summary>
public sealed class CatalogueTests
{
    private static readonly Dictionary<string, string> NotTested = new(StringComparer.Ordinal)
    {
        ["T03"] = "links without a partner are not used as individual ones; lacp_fallback uses exactly one (T127)",
        ["T29"] = "the brain has no clock that could be set: Tandem.Architecture.Tests holds that",
        ["T118"] = "Tandem sends no markers",
        ["T119"] = "Tandem sends no markers",
        ["T120"] = "Tandem sends no markers",
    };

    [Fact]
    public void Every_case_of_the_catalogue_has_a_test_or_a_reason()
    {
        var tested = typeof(CatalogueTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<CaseAttribute>())
            .Select(known => known.Id)
            .ToHashSet(StringComparer.Ordinal);
        var cases = Enumerable
            .Range(1, 131)
            .Where(number => number != 61)
            .Select(number => $"T{number:00}")
            .Concat(["T61a", "T61b", "T62b"])
            .Concat(Enumerable.Range(1, 12).Select(number => $"V{number}"))
            .Concat(Enumerable.Range(1, 18).Select(number => $"N{number}"));
        var missing = string.Join(' ', cases.Where(id => !tested.Contains(id) && !NotTested.ContainsKey(id)));
        Assert.Equal("", missing);
        Assert.False(tested.Overlaps(NotTested.Keys));
    }
}

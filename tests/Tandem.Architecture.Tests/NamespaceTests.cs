using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>Folders are namespaces, and the namespaces of a project use each other in one direction.</summary>
public sealed partial class NamespaceTests
{
    private const int Timeout = 10_000; // ms

    // A failure names at most this many type references of a cycle; more would not help.
    private const int MostNamed = 8;

    [Theory]
    [InlineData("tandem")]
    [InlineData("tandemd")]
    [InlineData("Tandem.Api")]
    [InlineData("Tandem.Config")]
    [InlineData("Tandem.Core")]
    [InlineData("Tandem.Linux")]
    public void Namespaces_of_a_project_form_no_cycle(string assembly)
    {
        var uses = Read(assembly);
        var cycle = Describe(uses, NamespaceGraph.Of(uses).ShortestCycle());
        Assert.True(cycle.Length == 0, cycle);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_named_as_its_folder(string project)
    {
        var folder = Path.Combine(Repository.Root, project);
        var wrong =
            from path in Repository.SourcesBelow(project)
            let declared = Declaration().Match(File.ReadAllText(path)).Groups["name"].Value
            let expected = NameOf(Path.GetFileName(folder), Path.GetRelativePath(folder, Path.GetDirectoryName(path)!))
            where declared.Length > 0 && declared != expected
            select $"{Path.GetRelativePath(Repository.Root, path)}: {declared}, expected {expected}";
        Assert.Empty(wrong);
    }

    public static TheoryData<string> Projects =>
        [
            .. new[] { "src", "tests" }.SelectMany(part =>
                Directory
                    .EnumerateDirectories(Path.Combine(Repository.Root, part), "Tandem.*")
                    .Select(path => $"{part}/{Path.GetFileName(path)}")
            ),
        ];

    [Fact]
    public void The_shortest_cycle_is_found_and_named()
    {
        TypeUse[] uses =
        [
            new("A.One", "B.Two"),
            new("B.Two", "C.Three"),
            new("C.Three", "A.One"),
            new("C.Three", "B.Other"),
            new("D.Four", "A.One"),
        ];
        var cycle = NamespaceGraph.Of(uses).ShortestCycle();
        Assert.Equal(["B", "C"], cycle!.Order(StringComparer.Ordinal));
        Assert.Contains("C.Three -> B.Other", Describe(uses, cycle), StringComparison.Ordinal);
        Assert.Null(NamespaceGraph.Of(uses[..2]).ShortestCycle());
    }

    private static IReadOnlyCollection<TypeUse> Read(string assembly) =>
        AssemblyReferences.Read(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));

    private static string NameOf(string project, string folder) => folder == "." ? project : $"{project}.{folder.Replace('/', '.')}";

    // Empty if there is no cycle.
    private static string Describe(IReadOnlyCollection<TypeUse> uses, IReadOnlyList<string>? cycle)
    {
        if (cycle is null)
            return "";
        var text = new StringBuilder($"namespaces use each other in a circle: {string.Join(" -> ", [.. cycle, cycle[0]])}\n");
        for (var i = 0; i < cycle.Count; i++)
        {
            var (from, to) = (cycle[i], cycle[(i + 1) % cycle.Count]);
            var between = uses.Where(use => use.FromNamespace == from && use.ToNamespace == to)
                .Select(use => $"{use.From} -> {use.To}")
                .Order(StringComparer.Ordinal)
                .ToList();
            text.Append(CultureInfo.InvariantCulture, $"{from} -> {to}: {between.Count} references\n");
            foreach (var use in between.Take(MostNamed))
                text.Append(CultureInfo.InvariantCulture, $"    {use}\n");
        }
        return text.ToString();
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Declaration();
}

using System.Text.RegularExpressions;
using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Doctor;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>The documents agree with the code.</summary>
public sealed partial class DocumentTests
{
    private const int Timeout = 10_000; // ms

    public static TheoryData<string> Documents => [.. Repository.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string document)
    {
        var here = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var dead = Link()
            .Matches(Repository.Read(document))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !LeadsSomewhere(here, document, target));
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_document_is_linked_from_the_readme()
    {
        var readme = Repository.Read("README.md");
        Assert.All(
            Repository.Documents.Where(path => path != "README.md"),
            path => Assert.Contains($"]({path})", readme, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_readme_names_every_folder_and_script()
    {
        var readme = Repository.Read("README.md");
        var projects = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(path => $"src/{Path.GetFileName(path)}");
        var scripts = new[] { "./build", "./demo", "./test", "bench/run" };
        Assert.All(projects.Concat(scripts), name => Assert.Contains(name, readme, StringComparison.Ordinal));
        Assert.All(scripts, script => Assert.True(File.Exists(Path.Combine(Repository.Root, script)), script));
    }

    [Fact]
    public void Paths_in_the_architecture_document_exist()
    {
        var missing = SourcePath()
            .Matches(Repository.Read("docs/architecture.md"))
            .Select(match => match.Groups["path"].Value)
            .Where(path => !File.Exists(Path.Combine(Repository.Root, path)) && !Directory.Exists(Path.Combine(Repository.Root, path)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_endpoint_is_in_the_api_document()
    {
        var text = Repository.Read("docs/api.md");
        string[] paths =
        [
            $"GET {Endpoints.Service}",
            $"GET {Endpoints.Bonds}",
            $"POST {Endpoints.Bonds}",
            $"GET {Endpoints.Bonds}/BOND",
            $"GET {Endpoints.Plan("BOND")}",
            $"PATCH {Endpoints.Bond("BOND")}",
            $"DELETE {Endpoints.Bond("BOND")}",
            $"PUT {Endpoints.Member("BOND", "MEMBER")}",
            $"PATCH {Endpoints.Member("BOND", "MEMBER")}",
            $"DELETE {Endpoints.Member("BOND", "MEMBER")}",
            $"GET {Endpoints.Rollback}",
            $"PUT {Endpoints.Rollback}",
            $"DELETE {Endpoints.Rollback}",
            $"POST {Endpoints.Apply}",
            $"GET {Endpoints.Doctor}",
            $"GET {Endpoints.Events}",
        ];
        Assert.All(paths, path => Assert.Contains($"`{path}`", text, StringComparison.Ordinal));
        Assert.Contains(Endpoints.DefaultSocket, text, StringComparison.Ordinal);
        Assert.Contains(Endpoints.SocketVariable, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_check_of_the_doctor_is_in_the_api_document()
    {
        var text = Repository.Read("docs/api.md");
        Assert.All(new Examination().Examine().Checks, check => Assert.Contains($"`{check.Id}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_is_in_the_api_document()
    {
        var text = Repository.Read("docs/api.md");
        Assert.All(
            BondOptionTable.Bond.Concat(BondOptionTable.Member),
            option => Assert.Contains($"`{option.Keyword}`", text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_kind_of_event_is_in_the_api_document_with_its_level()
    {
        var text = Repository.Read("docs/api.md");
        Assert.All(EventKinds.All, kind => Assert.Matches($@"\| `{kind.Name}` \| {kind.Level.ToString().ToLowerInvariant()} \|", text));
    }

    [Fact]
    public void Every_kind_of_refusal_is_in_the_api_document_with_its_status()
    {
        var text = Repository.Read("docs/api.md");
        Assert.All(ErrorKinds.All, kind => Assert.Matches($@"\| `{kind.Name}` \| {kind.Status} \|", text));
    }

    [Fact]
    public void The_modes_of_the_readme_are_those_of_the_table()
    {
        var readme = Repository.Read("README.md");
        Assert.All(
            BondOptions.Known.Mode.Choices.Select((name, number) => $"| {number} | `{name}` |"),
            row => Assert.Contains(row, readme, StringComparison.Ordinal)
        );
    }

    private static bool LeadsSomewhere(string here, string document, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? Path.Combine(Repository.Root, document) : Path.GetFullPath(Path.Combine(here, parts[0]));
        if (parts.Length == 1)
            return File.Exists(path) || Directory.Exists(path);
        return File.Exists(path) && File.ReadLines(path).Any(line => line.StartsWith('#') && Anchor(line) == parts[1]);
    }

    // The anchor that GitHub and most other sites give a heading.
    private static string Anchor(string heading) =>
        string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            .Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(src|tests|packaging|eng)/[\w./-]+)`", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex SourcePath();
}

using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>Texts and calls that are forbidden in parts of the source.</summary>
public sealed partial class SourceTests
{
    private const int Timeout = 10_000; // ms

    [Theory]
    [InlineData("Tandem.Api")]
    [InlineData("Tandem.Cli")]
    [InlineData("Tandem.Config")]
    [InlineData("Tandem.Core")]
    [InlineData("Tandem.Daemon")]
    public void Unsafe_and_native_code_stands_in_Tandem_Linux_alone(string project) =>
        Assert.All(
            Find(project, Native()),
            found => Assert.Contains(WithNativeCode, path => found.StartsWith(path, StringComparison.Ordinal))
        );

    // Native calls that .NET lacks, in projects that do not reference Tandem.Linux: a client passes its network namespace; a file's type is checked
    // before it is opened.
    private static readonly string[] WithNativeCode = ["src/Tandem.Api/CallerStream.cs:", "src/Tandem.Config/Disk/File"];

    [Fact]
    public void The_brain_has_no_clock_no_threads_no_chance_and_no_files() => Assert.Empty(Find("Tandem.Core", Impure()));

    [Fact]
    public void The_brain_bans_them_at_each_build_too()
    {
        var banned = Repository.Read("src/Tandem.Core/BannedSymbols.txt");
        string[] expected =
        [
            "DateTime.UtcNow",
            "Stopwatch",
            "TimeProvider",
            "Thread",
            "Tasks.Task",
            "Timer",
            "Random.Shared",
            "Console",
            "IO.File",
            "Socket",
        ];
        Assert.All(expected, name => Assert.Contains(name, banned, StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var projects = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(path => Path.GetFileName(path)!);
        Assert.DoesNotContain(projects.SelectMany(Repository.Sources), path => File.ReadLines(path).Skip(400).Any());
    }

    // Files that skip tests, with what the machine may lack and ./test cannot install.
    private static readonly Dictionary<string, string> Skipping = new(StringComparer.Ordinal)
    {
        ["tests/Tandem.EndToEnd.Tests/Provided.cs"] = "fails on continuous integration",
        ["tests/Tandem.EndToEnd.Tests/DetachedProgramTests.cs"] = "Linux 6.6",
        ["tests/Tandem.EndToEnd.Tests/DriverSequenceTests.cs"] = "nothing: other sequences were asked for",
        ["tests/Tandem.EndToEnd.Tests/FastPathTests.cs"] = "Linux 6.6",
        ["tests/Tandem.EndToEnd.Tests/UserModeLinux.cs"] = "an x86-64 processor",
        ["tests/Tandem.Linux.Tests/Doctor/ExaminationTests.cs"] = "a kernel that takes eBPF programs",
        ["tests/Tandem.Linux.Tests/Paths/Kernel/HookTests.cs"] = "Linux 6.6",
        ["tests/Tandem.Linux.Tests/Paths/Kernel/ProgramWatchTests.cs"] = "Linux 6.6",
        ["tests/Tandem.Linux.Tests/Paths/Sockets/Tunnels/TunnelTests.cs"] = "a kernel with that kind of tunnel",
        ["tests/Tandem.Linux.Tests/Threads/ThreadShareTests.cs"] =
            "the right to a larger share of the processors, which containers may not give",
    };

    [Fact]
    public void Tests_are_skipped_on_continuous_integration_only_for_what_cannot_be_installed()
    {
        var skipping = Repository
            .SourcesBelow("tests")
            .Where(path =>
                Path.GetFileName(path) != "SourceTests.cs" && File.ReadAllText(path).Contains("Assert.Skip", StringComparison.Ordinal)
            )
            .Select(path => Path.GetRelativePath(Repository.Root, path));
        Assert.Equal(Skipping.Keys.Order(StringComparer.Ordinal), skipping);
    }

    private static IEnumerable<string> Find(string project, Regex pattern) =>
        from path in Repository.Sources(project)
        from line in File.ReadLines(path)
        let code = Code(line)
        where pattern.IsMatch(code)
        select $"{Path.GetRelativePath(Repository.Root, path)}: {line.Trim()}";

    // Comments are ignored. A string that contains a pattern would be reported, but there is none.
    private static string Code(string line)
    {
        var comment = line.IndexOf("//", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    [GeneratedRegex(@"\b(unsafe\b|LibraryImport|DllImport|Marshal\.|NativeMemory)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Native();

    [GeneratedRegex(
        @"\b(DateTime(Offset)?\.(Utc)?Now|Stopwatch|TimeProvider|Environment\.TickCount\w*|Thread\b|Task\b|Timer\b|async\b|await\b|lock\s*\(|Random\b|Guid\.NewGuid|RandomNumberGenerator|Console\b|File\.|Directory\.|FileStream|Socket\b|Process\b|ILogger)",
        RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Impure();
}

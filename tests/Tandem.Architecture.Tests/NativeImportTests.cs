using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>
/// Each native import stands below the C prototype of its function, and has the same return type. The compiler cannot check this: in place of a C
/// int, a handle or a number as wide as a pointer has a garbled sign, so that -1 looks like success.
/// </summary>
public sealed partial class NativeImportTests
{
    private const int Timeout = 10_000; // ms

    // Return types in C, and the accepted ones in C#. A pointer that only the library dereferences is a number.
    private static readonly Dictionary<string, string[]> Returns = new(StringComparer.Ordinal)
    {
        ["void"] = ["void"],
        ["int"] = ["int"],
        ["mode_t"] = ["uint"],
        ["long"] = ["nint"],
        ["ssize_t"] = ["nint"],
        ["uid_t"] = ["uint"],
        ["void *"] = ["void*"],
        ["struct bpf_object *"] = ["nint"],
        ["struct bpf_map *"] = ["nint"],
        ["struct bpf_program *"] = ["nint"],
        ["libbpf_print_fn_t"] = ["nint"],
    };

    // Functions that cannot fail, and functions whose failure is no number. The tests cover these under other names.
    private static readonly string[] Otherwise =
    [
        "syscall",
        "close",
        "munmap",
        "sigaction",
        "fchownat",
        "umask",
        "geteuid",
        "bpf_object__open_mem",
        "bpf_object__close",
        "bpf_object__find_map_by_name",
        "bpf_object__find_program_by_name",
        "libbpf_num_possible_cpus",
        "libbpf_set_print",
    ];

    public static TheoryData<string> Files =>
        [
            .. Repository
                .Sources("Tandem.Linux")
                .Where(path => File.ReadAllText(path).Contains("[LibraryImport(", StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(Repository.Root, path)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void An_import_returns_what_its_function_returns_in_C(string file)
    {
        var text = Repository.Read(file);
        var imports = Import().Matches(text);
        Assert.Equal(text.Split("[LibraryImport(").Length - 1, imports.Count);
        foreach (var import in imports.AsEnumerable())
        {
            var (inC, here, name) = (import.Groups["c"].Value.Trim(), import.Groups["here"].Value, import.Groups["name"].Value);
            Assert.True(Returns.TryGetValue(inC, out var accepted), $"{file}: {name} returns \"{inC}\" in C");
            Assert.True(
                accepted.Contains(here),
                $"{file}: {name} returns {here} here and {inC} in C; accepted: {string.Join(", ", accepted)}"
            );
        }
    }

    [Fact]
    public void Each_function_that_can_fail_is_seen_to_fail_by_a_test()
    {
        var tested = Repository.Read("tests/Tandem.Linux.Tests/Native/FailingCallTests.cs");
        var functions = Repository
            .Sources("Tandem.Linux")
            .SelectMany(path => Import().Matches(File.ReadAllText(path)))
            .Select(import => import.Groups["function"].Value)
            .Distinct(StringComparer.Ordinal)
            .Except(Otherwise, StringComparer.Ordinal);
        Assert.DoesNotContain(functions, function => !tested.Contains($"[\"{function}\"]", StringComparison.Ordinal));
    }

    [GeneratedRegex(
        @"// (?<c>(struct )?\w+ \*?)(?<function>\w+)\([^\n]*\n\s*\[LibraryImport\([^\n]*\n\s*(public|private|internal) static partial (?<here>[\w*]+) @?(?<name>\w+)\(",
        RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Import();
}

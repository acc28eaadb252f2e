using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Shim;

/// <summary>A command line of <c>ip</c>: global options, an object, and its words. Understands only what concerns links.</summary>
internal sealed class IpLine
{
    // Options with a value, and the shortest abbreviation that ip takes for them.
    private static readonly (string Name, int Shortest)[] WithValue =
    [
        ("netns", 1),
        ("batch", 1),
        ("family", 1),
        ("loops", 1),
        ("rcvbuf", 2),
    ];

    private IpLine(IReadOnlyList<string> all) => All = all;

    /// <summary>All words.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>The global options with their values, but for <c>-netns</c> and <c>-batch</c>.</summary>
    public List<string> Options { get; } = [];

    /// <summary>The network namespace of <c>-netns</c>; null for this one.</summary>
    public string? Namespace { get; private set; }

    /// <summary>The file of <c>-batch</c>; null for none.</summary>
    public string? Batch { get; private set; }

    /// <summary><c>-force</c>: a batch goes on after an error.</summary>
    public bool IsForced { get; private set; }

    /// <summary><c>-oneline</c>.</summary>
    public bool IsOneLine { get; private set; }

    /// <summary><c>link</c> or <c>address</c>; null for another object, or none.</summary>
    public string? Object { get; private set; }

    /// <summary>The words after the object.</summary>
    public IReadOnlyList<string> Words { get; private set; } = [];

    /// <summary>Reads a command line. What cannot be understood has no <see cref="Object"/>: it is left to <c>ip</c>.</summary>
    public static IpLine Read(IReadOnlyList<string> words)
    {
        var line = new IpLine(words);
        var next = 0;
        while (next < words.Count && words[next] is ['-', _, ..] option)
        {
            next++;
            var name = option.StartsWith("--", StringComparison.Ordinal) ? option[2..] : option[1..];
            // "--" ends the options.
            if (name.Length == 0)
                break;
            if (Array.Find(WithValue, candidate => Is(name, candidate.Name, candidate.Shortest)) is not { Name: { } known })
                line.Take(option, name);
            else if (next < words.Count)
                line.Take(option, known, words[next++]);
        }
        if (next < words.Count)
        {
            line.Object = Keyword.Find(words[next], "address", "link") is { } found && words[next] is not "-h" ? found : null;
            line.Words = [.. words.Skip(next + 1)];
        }
        return line;
    }

    private static bool Is(string word, string name, int shortest) =>
        word.Length >= shortest && name.StartsWith(word, StringComparison.Ordinal);

    private void Take(string option, string name)
    {
        Options.Add(option);
        IsForced |= Is(name, "force", 2);
        IsOneLine |= Is(name, "oneline", 1);
    }

    private void Take(string option, string name, string value)
    {
        switch (name)
        {
            case "netns":
                Namespace = value;
                break;
            case "batch":
                Batch = value;
                break;
            default:
                Options.Add(option);
                Options.Add(value);
                break;
        }
    }
}

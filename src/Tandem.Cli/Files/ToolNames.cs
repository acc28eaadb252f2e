using Tandem.Cli.CommandLine;
using Tandem.Core;

namespace Tandem.Cli.Files;

/// <summary>Names of other tools on the command line; upper and lower case mean the same.</summary>
internal static class ToolNames
{
    /// <summary>The entry with a name; null if there is none.</summary>
    public static T? Find<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string word)
        where T : class => all.FirstOrDefault(each => string.Equals(nameOf(each), word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The refusal of a word that names none.</summary>
    public static CommandException Unknown(string word, IReadOnlyList<string> known) =>
        new(
            ExitCode.Syntax,
            $"\"{word}\" was not expected here; {(Spelling.Nearest(word, known) is { } near ? $"did you mean {near}? " : "")}accepted: {List(known)}, --root DIRECTORY"
        );

    /// <summary>Names in a row.</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names);
}

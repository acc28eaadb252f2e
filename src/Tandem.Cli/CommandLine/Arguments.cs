namespace Tandem.Cli.CommandLine;

/// <summary>The words of a command line, taken one by one.</summary>
internal sealed class Arguments(IReadOnlyList<string> words)
{
    private int _next;

    /// <summary>True if no word is left.</summary>
    public bool AtEnd => _next == words.Count;

    /// <summary>The next word, left in place; null at the end.</summary>
    public string? Peek => AtEnd ? null : words[_next];

    /// <summary>Takes the next word.</summary>
    public string Take() => words[_next++];

    /// <summary>Takes the value of the word before it.</summary>
    public string Value(string of) =>
        AtEnd ? throw new CommandException(ExitCode.Syntax, $"{of}: the value is missing; try \"help\" in its place") : Take();

    /// <summary>Takes a whole number that is the value of the word before it.</summary>
    public int Number(string of, int min, int max)
    {
        var text = Value(of);
        return
            int.TryParse(
                text,
                System.Globalization.NumberStyles.AllowLeadingSign,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            )
            && number >= min
            && number <= max
            ? number
            : throw CommandException.BadValue(of, text, "not a number in the range", $"{min} to {max}");
    }

    /// <summary>Refuses words that are left over.</summary>
    public void End()
    {
        if (!AtEnd)
            throw new CommandException(ExitCode.Syntax, $"\"{Peek}\" was not expected here; try \"help\" in its place");
    }
}

using Tandem.Core.Options;

namespace Tandem.Cli.CommandLine;

/// <summary>The words of a command line, consumed one by one.</summary>
internal sealed class Arguments(IReadOnlyList<string> words)
{
    private readonly List<string> _taken = [];
    private int _next;

    /// <summary>
    /// Handles a global option, which may stand wherever a keyword may; returns false for other words. It takes the option's value from
    /// the arguments itself. Null to handle none.
    /// </summary>
    public Func<string, bool>? Option { get; set; }

    /// <summary>The words taken so far, without global options.</summary>
    public IReadOnlyList<string> Taken => _taken;

    /// <summary>Whether no word is left.</summary>
    public bool AtEnd
    {
        get
        {
            SkipOptions();
            return _next == words.Count;
        }
    }

    /// <summary>The next word, without taking it; null at the end.</summary>
    public string? Peek => AtEnd ? null : words[_next];

    /// <summary>Takes the next word.</summary>
    public string Take()
    {
        SkipOptions();
        return TakeAsIs();
    }

    /// <summary>Takes the value of the preceding word, even if it looks like a global option.</summary>
    public string Value(string of) =>
        _next == words.Count
            ? throw new CommandException(ExitCode.Syntax, $"{of}: the value is missing; try \"help\" in its place")
            : TakeAsIs();

    /// <summary>Takes a whole number as the value of the preceding word.</summary>
    public int Number(string of, int min, int max)
    {
        var text = Value(of);
        return WholeNumber.TryParse(text, out var number) && number >= min && number <= max
            ? (int)number
            : throw CommandException.BadValue(of, text, "not a number in the range", $"{min} to {max}");
    }

    /// <summary>Refuses words that are left over.</summary>
    public void End()
    {
        if (!AtEnd)
            throw new CommandException(ExitCode.Syntax, $"\"{Peek}\" was not expected here; try \"help\" in its place");
    }

    private string TakeAsIs()
    {
        _taken.Add(words[_next]);
        return words[_next++];
    }

    private void SkipOptions()
    {
        while (Option is { } option && _next < words.Count)
        {
            var (at, taken) = (_next, _taken.Count);
            _next++;
            if (!option(words[at]))
            {
                _next = at;
                return;
            }
            _taken.RemoveRange(taken, _taken.Count - taken);
        }
    }
}

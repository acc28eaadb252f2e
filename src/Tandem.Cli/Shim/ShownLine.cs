using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tandem.Cli.Shim;

/// <summary>The first line that <c>ip</c> prints of an interface, in parts. The colours of <c>ip -color</c> stay with the parts before them.</summary>
/// <param name="Ifindex">The number; null with <c>-brief</c>, which prints none.</param>
/// <param name="Before">What stands before the name.</param>
/// <param name="Name"><c>NAME</c> or <c>NAME@BELOW</c>.</param>
/// <param name="Between">What stands between name and flags, or name and state, without blanks that fill a column.</param>
/// <param name="Word">The flags, separated by commas; with <c>-brief</c> the state.</param>
/// <param name="Rest">What follows.</param>
internal readonly record struct ShownLine(int? Ifindex, string Before, string Name, string Between, string Word, string Rest)
{
    private const char Escape = '\u001b';

    /// <summary>Reads <c>2: eth0@if3: &lt;FLAGS&gt; ...</c>.</summary>
    public static bool TryRead(string line, [NotNullWhen(true)] out ShownLine? shown)
    {
        shown = null;
        if (ReadIndex(line, out var ifindex) is not { } at)
            return false;
        var name = AfterColours(line, at);
        var end = line.IndexOf(": ", name, StringComparison.Ordinal);
        if (end < 0)
            return false;
        var flags = AfterColours(line, end + 2);
        if (flags >= line.Length || line[flags] != '<' || line.IndexOf('>', flags) is not (var last and > 0))
            return false;
        shown = new ShownLine(ifindex, line[..name], line[name..end], line[end..flags], line[(flags + 1)..last], line[(last + 1)..]);
        return true;
    }

    /// <summary>Reads <c>eth0@if3  UP  ...</c>, which <c>-brief</c> prints.</summary>
    public static bool TryReadBrief(string line, [NotNullWhen(true)] out ShownLine? shown)
    {
        shown = null;
        var name = AfterColours(line, 0);
        var end = line.IndexOf(' ', name);
        if (end <= name)
            return false;
        var blanks = AfterBlanks(line, end);
        var state = AfterColours(line, blanks);
        var last = state;
        while (last < line.Length && char.IsAsciiLetterUpper(line[last]))
            last++;
        if (last == state)
            return false;
        shown = new ShownLine(null, line[..name], line[name..end], line[blanks..state], line[state..last], line[AfterBlanks(line, last)..]);
        return true;
    }

    /// <summary>The name in <c>2: eth0    inet 192.0.2.1/24 ...</c>, which <c>-oneline</c> prints of an address; null for other lines.</summary>
    public static string? NameOfAddress(string line)
    {
        if (ReadIndex(line, out _) is not { } at)
            return null;
        var name = AfterColours(line, at);
        var end = line.AsSpan(name).IndexOfAny(' ', Escape);
        return end <= 0 ? null : line.Substring(name, end);
    }

    // The place after "2: ".
    private static int? ReadIndex(string line, out int ifindex)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        ifindex = 0;
        return colon > 0 && int.TryParse(line.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out ifindex)
            ? colon + 2
            : null;
    }

    private static int AfterColours(string line, int at)
    {
        while (at < line.Length && line[at] == Escape && line.IndexOf('m', at) is var end and > 0)
            at = end + 1;
        return at;
    }

    private static int AfterBlanks(string line, int at)
    {
        while (at < line.Length && line[at] == ' ')
            at++;
        return at;
    }
}

using System.Text;

namespace Tandem.Cli.Shim;

/// <summary>A command in a file for <c>ip -batch</c>.</summary>
/// <param name="Words">Its words; empty for a blank line or a comment.</param>
/// <param name="Text">Its lines as in the file, without the last line end.</param>
/// <param name="Number">The number of its last line, which <c>ip</c> names in messages.</param>
internal sealed record BatchLine(IReadOnlyList<string> Words, string Text, int Number)
{
    /// <summary>The number of lines that it takes.</summary>
    public int Height => Text.Count(character => character == '\n') + 1;

    /// <summary>Reads a file. A backslash at the end of a line joins the next one to it.</summary>
    public static IEnumerable<BatchLine> Read(string file)
    {
        var lines = file.EndsWith('\n') ? file[..^1].Split('\n') : file.Split('\n');
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(lines[i]);
            if (lines[i].EndsWith('\\') && i + 1 < lines.Length)
            {
                text.Append('\n');
                continue;
            }
            var whole = text.ToString();
            yield return new BatchLine(Split(whole.Replace("\\\n", " ", StringComparison.Ordinal)), whole, i + 1);
            text.Clear();
        }
    }

    // Words in quotes may contain blanks; # begins a comment.
    private static List<string> Split(string line)
    {
        var words = new List<string>();
        for (var at = 0; at < line.Length; )
        {
            if (line[at] is ' ' or '\t' or '\r')
            {
                at++;
                continue;
            }
            if (line[at] == '#')
                break;
            var quote = line[at] is '"' or '\'' ? line[at++] : (char?)null;
            var end =
                quote is { } mark ? line.IndexOf(mark, at)
                : line.AsSpan(at).IndexOfAny(" \t\r#") is var blank and >= 0 ? at + blank
                : -1;
            end = end < 0 ? line.Length : end;
            words.Add(line[at..end]);
            at = quote is null ? end : end + 1;
        }
        return words;
    }
}

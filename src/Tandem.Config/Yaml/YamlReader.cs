using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tandem.Config.Yaml;

/// <summary>
/// Reads a YAML text into nodes with places. The subset is that of configuration files: one document, keys that are single values, no
/// anchors, aliases or tags. Without aliases the tree is never larger than the text.
/// </summary>
internal sealed class YamlReader
{
    // netplan's deepest value stands at level 6.
    private const int MaxDepth = 20;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly string _text;
    private readonly Findings _errors;

    private YamlReader(string file, string text, Findings errors)
    {
        (_file, _text, _errors) = (file, text, errors);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a text; null if it is empty or has errors.</summary>
    public static YamlNode? Read(string file, string text, Findings errors)
    {
        var reader = new YamlReader(file, text, errors);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            reader.Refuse(e);
            return null;
        }
        catch (StopException)
        {
            return null;
        }
        // Some texts that are not YAML end the parser by one of these, without a place.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            reader.Refuse(new YamlException(reader._parser.Current?.End ?? Mark.Empty, Mark.Empty, "something stands where it cannot"));
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        Next(); // the start of the stream
        if (Next() is not DocumentStart)
            return null;
        var root = ReadNode(Next(), 0);
        Next(); // the end of the document
        if (Next() is DocumentStart second)
            throw Stop(
                second,
                "a second document starts here",
                "write one document in a file, and further bonds below \"bonds:\" or into another file"
            );
        return root.IsNull ? null : root;
    }

    private YamlNode ReadNode(ParsingEvent at, int depth)
    {
        if (at is AnchorAlias)
            throw Stop(at, "an alias (*name) is not accepted", "write the value itself");
        if (at is NodeEvent { Anchor.IsEmpty: false })
            throw Stop(at, "an anchor (&name) is not accepted", "write the value itself wherever it is needed");
        if (at is NodeEvent { Tag.IsEmpty: false })
            throw Stop(at, "a tag (!name) is not accepted", "write the value alone; quote it if it is meant as text");
        if (depth > MaxDepth)
            throw Stop(at, $"keys and lists are nested more than {MaxDepth} levels deep");
        return at switch
        {
            Scalar scalar => YamlNode.Scalar(PlaceOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(PlaceOf(at.Start), depth),
            _ => ReadMapping(PlaceOf(at.Start), depth),
        };
    }

    private YamlNode ReadSequence(Place place, int depth)
    {
        var items = new List<YamlNode>();
        while (Next() is var item and not SequenceEnd)
            items.Add(ReadNode(item, depth + 1));
        return YamlNode.Sequence(place, items);
    }

    private YamlNode ReadMapping(Place place, int depth)
    {
        var entries = new List<YamlEntry>();
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        while (Next() is var at and not MappingEnd)
        {
            var key = ReadNode(at, depth + 1);
            if (key.Kind != YamlKind.Scalar)
                throw Stop(at, $"a key must be a single value, and this is {key.Description}");
            var value = ReadNode(Next(), depth + 1);
            if (places.TryAdd(key.Text, key.Place))
                entries.Add(new YamlEntry(key.Text, key.Place, value));
            else
                _errors.Add(
                    key.Place,
                    Findings.KeyText(key.Text),
                    $"the key stands in line {places[key.Text].Line} already",
                    "give each key once"
                );
            if (_errors.IsFull)
                throw new StopException();
        }
        return YamlNode.Mapping(place, entries);
    }

    private ParsingEvent Next() => _parser.MoveNext() ? _parser.Current! : throw new StopException();

    private Place PlaceOf(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    private void Refuse(YamlException e)
    {
        var place = PlaceOf(e.Start);
        var lines = _text.Split('\n');
        // The scanner reports what it expected instead; in configuration files the tab is the mistake.
        var tabbed = Array.FindIndex(lines, Math.Clamp(place.Line - 2, 0, lines.Length), HasTabInIndentation);
        if (tabbed >= 0 && tabbed <= place.Line)
            _errors.Add(
                new Place(_file, tabbed + 1, lines[tabbed].IndexOf('\t', StringComparison.Ordinal) + 1),
                "",
                "a tab in the indentation",
                "indent with spaces"
            );
        else
            _errors.Add(
                place,
                "",
                $"not valid YAML: {Lowered(e.Message)}",
                "see whether a colon, a bracket, a quotation mark or the indentation is wrong in this line or the one above"
            );
    }

    private static bool HasTabInIndentation(string line) =>
        line.AsSpan(0, line.Length - line.AsSpan().TrimStart(" \t").Length).Contains('\t');

    private static string Lowered(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');

    private StopException Stop(ParsingEvent at, string reason, string? remedy = null)
    {
        _errors.Add(PlaceOf(at.Start), "", reason, remedy);
        return new StopException();
    }

    // Ends the reading of a file whose error has been recorded.
    private sealed class StopException : Exception;
}

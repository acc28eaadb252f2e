using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Cli.Shim;

/// <summary>A property in a text of JSON.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where its name starts.</param>
/// <param name="ValueStart">Where its value starts.</param>
/// <param name="End">Where its value ends.</param>
internal readonly record struct JsonPlace(string Name, int Start, int ValueStart, int End);

/// <summary>An object of the list that <c>ip -json</c> prints, with the places of its properties in the bytes of the list.</summary>
internal sealed class ListedObject(byte[] text)
{
    private readonly List<JsonPlace> _places = [];
    private readonly SortedList<int, (int End, string With)> _edits = [];

    /// <summary>Where the object starts.</summary>
    public int Start { get; private init; }

    /// <summary>Where it ends.</summary>
    public int End { get; private set; }

    /// <summary>The objects of a list; null if the text is no list of objects.</summary>
    public static List<ListedObject>? Read(byte[] text)
    {
        var all = new List<ListedObject>();
        var reader = new Utf8JsonReader(text);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                var element = new ListedObject(text) { Start = (int)reader.TokenStartIndex };
                element.ReadProperties(ref reader);
                all.Add(element);
            }
            return reader.TokenType == JsonTokenType.EndArray ? all : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the object has a property.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A property's value; null if there is no such property.</summary>
    public JsonNode? Value(string name) =>
        Find(name) is { } place ? JsonNode.Parse(text.AsSpan(place.ValueStart, place.End - place.ValueStart)) : null;

    /// <summary>Replaces a property's value, if there is one.</summary>
    public void Replace(string name, string value)
    {
        if (Find(name) is { } place)
            _edits[place.ValueStart] = (place.End, value);
    }

    /// <summary>Removes a property with its separator, if there is one.</summary>
    public void Remove(string name)
    {
        var at = _places.FindIndex(place => place.Name == name);
        if (at > 0)
            _edits[_places[at - 1].End] = (_places[at].End, "");
        else if (at == 0 && _places.Count > 1)
            _edits[_places[0].Start] = (_places[1].Start, "");
    }

    /// <summary>Inserts text before a property; false if there is no such property.</summary>
    public bool InsertBefore(string name, string inserted)
    {
        if (Find(name) is not { } place)
            return false;
        _edits[place.Start] = (place.Start, inserted);
        return true;
    }

    /// <summary>Inserts text before the end of a property's object value, after its last property.</summary>
    public void Append(string name, string inserted)
    {
        if (Find(name) is not { } place)
            return;
        var end = place.End - 1;
        while (text[end - 1] is (byte)' ' or (byte)'\n')
            end--;
        _edits[end] = (end, inserted);
    }

    /// <summary>The object with its edits.</summary>
    public string Edited()
    {
        var edited = new StringBuilder();
        var at = Start;
        foreach (var (start, (end, with)) in _edits)
        {
            edited.Append(Encoding.UTF8.GetString(text, at, start - at)).Append(with);
            at = end;
        }
        return edited.Append(Encoding.UTF8.GetString(text, at, End - at)).ToString();
    }

    private JsonPlace? Find(string name)
    {
        var at = _places.FindIndex(place => place.Name == name);
        return at < 0 ? null : _places[at];
    }

    private void ReadProperties(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, start) = (reader.GetString()!, (int)reader.TokenStartIndex);
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            reader.Skip();
            _places.Add(new JsonPlace(name, start, value, (int)reader.BytesConsumed));
        }
        End = (int)reader.BytesConsumed;
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Cli.Shim;

/// <summary>Writes JSON as <c>ip</c> does, on one line or indented (<c>-pretty</c>).</summary>
internal static class IpJson
{
    private const int IndentSize = 4;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text between two properties.</summary>
    public static string Separator(bool isPretty, int depth) => isPretty ? ",\n" + Indent(depth) : ",";

    /// <summary>A property with its value.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="isPretty">Whether to indent.</param>
    /// <param name="depth">The depth of the property: 2 in the objects of the list.</param>
    public static string Property(string name, JsonNode? value, bool isPretty, int depth) =>
        $"\"{name}\":{(isPretty ? " " : "")}{Format(value, isPretty, depth)}";

    /// <summary>A value.</summary>
    public static string Format(JsonNode? value, bool isPretty, int depth)
    {
        switch (value)
        {
            case JsonArray list:
                var (open, close) = isPretty ? ("[ ", " ]") : ("[", "]");
                return open + string.Join(',', list.Select(item => Format(item, isPretty, depth))) + close;
            case JsonObject all:
                var text = new StringBuilder("{");
                text.Append(isPretty ? "\n" + Indent(depth + 1) : "");
                text.AppendJoin(
                    Separator(isPretty, depth + 1),
                    all.Select(property => Property(property.Key, property.Value, isPretty, depth + 1))
                );
                return text.Append(isPretty ? "\n" + Indent(depth) : "").Append('}').ToString();
            default:
                return value is null ? "null" : value.ToJsonString(Plain);
        }
    }

    private static string Indent(int depth) => new(' ', depth * IndentSize);
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Cli.CommandLine;

/// <summary>JSON as text: on one line as with <c>ip -j</c>, or indented as with <c>ip -j -p</c>.</summary>
internal static class JsonText
{
    /// <summary>Formats a value without a line end.</summary>
    public static string Format(JsonNode value, bool pretty)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options(pretty)))
            value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    // Escapes only what JSON requires: the text goes to a terminal or a program, not into a web page.
    private static JsonWriterOptions Options(bool pretty) =>
        new()
        {
            Indented = pretty,
            IndentSize = 4,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}

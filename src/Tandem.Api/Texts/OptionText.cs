using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Core.Options;

namespace Tandem.Api.Texts;

/// <summary>Converts values of <c>ip</c>'s JSON to its text format.</summary>
public static class OptionText
{
    /// <summary>The text of an option's value.</summary>
    public static string Of(BondOption option, JsonNode? value) =>
        value is null && option.FirstChoiceIsJsonNull ? option.Choices[0] : Of(value);

    /// <summary>The text of any value.</summary>
    public static string Of(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonArray list => string.Join(',', list.Select(Of)),
            _ when value.GetValueKind() == JsonValueKind.True => "on",
            _ when value.GetValueKind() == JsonValueKind.False => "off",
            _ => value.ToString(),
        };
}

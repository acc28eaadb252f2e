using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary>Values of the JSON of <c>ip</c> in its text.</summary>
internal static class OptionText
{
    /// <summary>A value of an option.</summary>
    public static string Of(BondOption option, JsonNode? value) =>
        value is null && option.FirstChoiceIsJsonNull ? option.Choices[0] : Of(value);

    /// <summary>Any value.</summary>
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

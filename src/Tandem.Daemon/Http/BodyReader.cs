using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Daemon.Bonds;

namespace Tandem.Daemon.Http;

/// <summary>Reads the JSON bodies of requests; an error says what is expected.</summary>
internal static class BodyReader
{
    /// <summary>Maximum size of a body, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Whether there is a body, for requests in which it is optional.</summary>
    public static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    /// <summary>Reads the body, whatever its content type: curl declares everything as a form.</summary>
    public static async Task<Answer<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return value is null ? Refusals.Request($"the body is null; accepted: {Shape(type)}") : value;
        }
        catch (JsonException e)
        {
            return Refusals.Request($"the body cannot be read{Where(e.Path, type)}; accepted: {Shape(type)}");
        }
    }

    private static string Where(string? path, JsonTypeInfo type)
    {
        if (path is null || !path.StartsWith("$.", StringComparison.Ordinal))
            return "";
        var place = path["$.".Length..];
        var expected = type.Properties.FirstOrDefault(property => property.Name == place.Split('.')[0]) is { } known
            ? $": {Expected(known.PropertyType)} is expected"
            : "";
        return $" at {place}{expected}";
    }

    private static string Expected(Type type)
    {
        if (type == typeof(int?))
            return "a whole number";
        if (type == typeof(bool?))
            return "true or false";
        return type == typeof(string) ? "text in quotation marks" : "an object of names and values (text, number, true or false)";
    }

    private static string Shape(JsonTypeInfo type) =>
        $"a JSON object with {string.Join(", ", type.Properties.Select(property => $"\"{property.Name}\"{(property.IsRequired ? " (required)" : "")}"))}";
}

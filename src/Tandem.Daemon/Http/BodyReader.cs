using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Daemon.Bonds;

namespace Tandem.Daemon.Http;

/// <summary>Reads the JSON of requests, and says in words what is wrong with it.</summary>
internal static class BodyReader
{
    /// <summary>Largest body in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads the body whatever content type it claims to have: curl calls everything a form.</summary>
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
            var where = e.Path is { Length: > 1 } path ? $" at {path[(path.StartsWith("$.", StringComparison.Ordinal) ? 2 : 0)..]}" : "";
            return Refusals.Request($"the body cannot be read{where}; accepted: {Shape(type)}");
        }
    }

    private static string Shape(JsonTypeInfo type) =>
        $"a JSON object with {string.Join(", ", type.Properties.Select(property => $"\"{property.Name}\"{(property.IsRequired ? " (required)" : "")}"))}";
}

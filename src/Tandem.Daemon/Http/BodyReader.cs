using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Api;
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
            return Refusals.Request($"the body cannot be read{Problem(e.Path, type)}");
        }
    }

    // Follows the path to the object that has the fault: its keys are the accepted ones.
    private static string Problem(string? path, JsonTypeInfo type)
    {
        if (path is null || !path.StartsWith("$.", StringComparison.Ordinal))
            return $"; accepted: {Shape(type)}";
        var place = path["$.".Length..];
        foreach (var step in place.Split('.'))
        {
            var name = step.Split('[')[0];
            if (type.Properties.FirstOrDefault(property => property.Name == name) is not { } known)
                return $" at {place}: unknown key; accepted: {Shape(type)}";
            if (known.PropertyType != typeof(IReadOnlyList<MemberSpec>))
                return $" at {place}: {Expected(known.PropertyType)} is expected; accepted: {Shape(type)}";
            type = TandemJson.Default.MemberSpec;
        }
        return $" at {place}; accepted: {Shape(type)}";
    }

    private static string Expected(Type type)
    {
        if (type == typeof(int?) || type == typeof(int))
            return "a whole number";
        if (type == typeof(IReadOnlyList<string>))
            return "a list of texts in quotation marks";
        if (type == typeof(bool?))
            return "true or false";
        return type == typeof(string) ? "text in quotation marks" : "an object of names and values (text, number, true or false)";
    }

    private static string Shape(JsonTypeInfo type) =>
        $"a JSON object with {string.Join(", ", type.Properties.Select(property => $"\"{property.Name}\"{(property.IsRequired ? " (required)" : "")}"))}";
}

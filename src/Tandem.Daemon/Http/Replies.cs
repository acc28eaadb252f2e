using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Api;
using Tandem.Daemon.Bonds;

namespace Tandem.Daemon.Http;

/// <summary>Writes answers and errors.</summary>
internal static class Replies
{
    /// <summary>Writes a value, or an error with the status of its kind.</summary>
    public static Task WriteAsync<T>(HttpContext context, Answer<T> answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        answer.Refusal is { } refusal ? RefuseAsync(context, refusal) : WriteAsync(context, answer.Value!, type, status);

    /// <summary>Writes an empty success, or an error.</summary>
    public static Task WriteNothingAsync(HttpContext context, ErrorMessage? refusal)
    {
        if (refusal is not null)
            return RefuseAsync(context, refusal);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Writes an error, by default with the status of its kind.</summary>
    public static Task RefuseAsync(HttpContext context, ErrorMessage refusal, int? status = null)
    {
        context.Items[typeof(ErrorMessage)] = refusal;
        return WriteAsync(context, refusal, TandemJson.Readable.ErrorMessage, status ?? ErrorKinds.StatusOf(refusal.Kind));
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status)
    {
        // One line per message, so that the output of curl can be piped.
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length + 1;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
    }
}

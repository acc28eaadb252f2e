using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Namespaces;

namespace Tandem.Daemon.Http;

/// <summary>The events of all bonds as server-sent events: <c>event:</c> is the kind, <c>data:</c> an <see
/// cref="EventMessage"/>.</summary>
internal sealed class EventStream(EventHub hub, HostedNamespaces namespaces, TimeProvider time)
{
    /// <summary>Maximum number of listeners. Their connections stay open for long, and most connections must remain available for
    /// requests.</summary>
    public const int MaxListeners = 64;

    private static readonly ErrorMessage TooMany = new(
        ErrorKinds.Busy,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Endpoints.Events}: {MaxListeners} clients listen to events already, which is the most; end one of them (\"tandem monitor\") first"
        )
    );

    private int _listeners;

    /// <summary>Serves one listener until it leaves or the service stops; refuses listeners beyond the maximum.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            var netns = Caller.Of(context)!.Hears(namespaces, NamespaceQuery.IsAll(context));
            if (Interlocked.Increment(ref _listeners) > MaxListeners)
                await Replies.RefuseAsync(context, TooMany);
            else if (netns.Refusal is { } refusal)
                await Replies.RefuseAsync(context, refusal);
            else
                await StreamAsync(context, netns.Value);
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task StreamAsync(HttpContext context, string? netns)
    {
        var leaving = context.RequestAborted;
        using var listener = hub.Listen(netns);
        // A slow listener learns how many events it lost; it is not disconnected.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            // Shows the client before the first event that the stream is open.
            await context.Response.WriteAsync(": events of bonds\n\n", leaving);
            await context.Response.Body.FlushAsync(leaving);
            while (true)
            {
                var (message, lost) = await listener.ReadAsync(leaving);
                if (lost > 0)
                    await WriteAsync(context.Response, Lost(lost), leaving);
                await WriteAsync(context.Response, message, leaving);
                await context.Response.Body.FlushAsync(leaving);
            }
        }
        catch (ChannelClosedException)
        {
            // The service stops, and all events were sent.
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The client left, or did not read the last events in time when the service stopped.
        }
        catch (IOException)
        {
            // The client left in the middle of an event.
        }
    }

    private static async Task WriteAsync(HttpResponse response, EventMessage message, CancellationToken cancellation)
    {
        var text = $"event: {message.Kind}\ndata: {JsonSerializer.Serialize(message, TandemJson.Readable.EventMessage)}\n\n";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }

    private EventMessage Lost(int count) =>
        new(
            time.GetUtcNow(),
            EventKinds.NameOf(EventKind.Notice),
            LogLevels.NameOf(LogLevel.Warning),
            Bond: "",
            Member: null,
            string.Create(CultureInfo.InvariantCulture, $"{count} events were lost before the next one: this listener reads too slowly")
        );
}

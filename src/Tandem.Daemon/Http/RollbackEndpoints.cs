using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Namespaces;

namespace Tandem.Daemon.Http;

/// <summary>The endpoints for changes that wait for confirmation, and for the turn to apply files.</summary>
internal static class RollbackEndpoints
{
    private static readonly ErrorMessage OthersTurn = new(
        ErrorKinds.Applying,
        "another \"tandem apply\" runs; try again when it has ended"
    );

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, HostedNamespaces namespaces)
    {
        routes.MapGet(Endpoints.Rollback, Caller.In(namespaces, ShowAsync));
        routes.MapPut(Endpoints.Rollback, Caller.In(namespaces, ArmAsync));
        routes.MapPost(Endpoints.Rollback, Caller.In(namespaces, RollBackAsync));
        routes.MapDelete(Endpoints.Rollback, Caller.In(namespaces, ConfirmAsync));
        routes.MapPost(Endpoints.Apply, Caller.In(namespaces, TakeTurnAsync));
    }

    private static Task ShowAsync(HttpContext context, HostedNamespace netns) =>
        Replies.WriteAsync(context, new Answer<RollbackResource>(netns.Rollback, null), TandemJson.Readable.RollbackResource);

    private static async Task ArmAsync(HttpContext context, HostedNamespace netns)
    {
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.RollbackRequest);
        var armed = body.Refusal is { } refusal ? refusal : await netns.Confirmation.ArmAsync(body.Value!);
        await Replies.WriteAsync(context, armed, TandemJson.Readable.RollbackResource);
    }

    private static async Task ConfirmAsync(HttpContext context, HostedNamespace netns) =>
        await Replies.WriteNothingAsync(context, await netns.Confirmation.ConfirmAsync(TurnOf(context)));

    private static async Task RollBackAsync(HttpContext context, HostedNamespace netns) =>
        await Replies.WriteAsync(context, await netns.Confirmation.RollBackAsync(TurnOf(context)), TandemJson.Readable.RollbackResource);

    private static long? TurnOf(HttpContext context) =>
        long.TryParse(context.Request.Query[Endpoints.TurnQuery], NumberStyles.None, CultureInfo.InvariantCulture, out var turn)
            ? turn
            : null;

    // The turn lasts as long as the connection: that of a killed client is closed by the kernel.
    private static async Task TakeTurnAsync(HttpContext context, HostedNamespace netns)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var turn = 0L;
        try
        {
            turn = await netns.Turns.TakeAsync(end.Token);
            // Only with the turn it is certain that nobody else begins to wait.
            if ((turn != 0 ? netns.Unconfirmed : OthersTurn) is { } refusal)
            {
                await Replies.RefuseAsync(context, refusal);
                return;
            }
            // A client that does not read for long is at work.
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            context.Response.Headers[Endpoints.TurnHeader] = turn.ToString(CultureInfo.InvariantCulture);
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync(end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            await Task.Delay(Timeout.Infinite, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client is done, or was killed; or the service stops.
        }
        finally
        {
            // A service that stops leaves what is not completed to the next one, and to the client.
            if (turn != 0 && stopping.IsCancellationRequested)
                netns.Turns.Leave();
            else if (turn != 0)
                await netns.Confirmation.EndTurnAsync(turn);
        }
    }
}

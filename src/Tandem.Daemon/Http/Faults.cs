using Tandem.Api;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Http;

/// <summary>Turns every failure of a request into an <see cref="ErrorMessage"/>: clients always get JSON, never a stack trace.</summary>
internal sealed class Faults(RequestDelegate next, ILogger log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            // A request without an endpoint has a status and no body.
            if (!context.Response.HasStarted && context.Response.StatusCode is 404 or 405)
                await Replies.RefuseAsync(context, Unanswered(context), context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody reads an answer.
        }
        catch (BadHttpRequestException e)
        {
            await TellAsync(context, Refused(e), e.StatusCode);
        }
        catch (WriterBusyException e)
        {
            await TellAsync(context, new ErrorMessage(ErrorKinds.Busy, e.Message), null);
        }
        catch (Exception e)
        {
            var (method, path) = (context.Request.Method, context.Request.Path.ToString());
            Log.RequestFault(log, method, path, e);
            await TellAsync(context, new ErrorMessage(ErrorKinds.Internal, "the service failed at this request; its log says how"), null);
        }
        if (context.Items[typeof(ErrorMessage)] is ErrorMessage refusal && log.IsEnabled(LogLevel.Debug))
        {
            var path = context.Request.Path.ToString();
            Log.Refused(log, context.Request.Method, path, refusal.Kind, refusal.Message);
        }
    }

    private static ErrorMessage Unanswered(HttpContext context) =>
        new(
            ErrorKinds.Request,
            context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                ? $"{context.Request.Method} {context.Request.Path}: not possible here; accepted: {context.Response.Headers.Allow}"
                : $"{context.Request.Path}: no such resource; try {Endpoints.Bonds}"
        );

    private static ErrorMessage Refused(BadHttpRequestException exception) =>
        new(
            ErrorKinds.Request,
            exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? $"the body is too long; accepted: up to {BodyReader.MaxBytes} bytes"
                : $"the request cannot be read: {exception.Message}"
        );

    private static async Task TellAsync(HttpContext context, ErrorMessage message, int? status)
    {
        if (!context.Response.HasStarted)
            await Replies.RefuseAsync(context, message, status);
    }
}

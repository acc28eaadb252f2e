using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Namespaces;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The client of a connection: its process, and the network namespace of its requests.</summary>
/// <param name="peer">The process; null if it has left.</param>
/// <param name="netns">The namespace that it handed over; null for the service's own.</param>
/// <param name="handsOther">Whether it handed something else over.</param>
internal sealed class Caller(Peer? peer, NetworkNamespace? netns, bool handsOther) : IDisposable
{
    private static readonly ErrorMessage NoNamespace = Refusals.Request(
        "the descriptor that was handed over is not that of a network namespace; accepted: one of /run/netns/NAME or /proc/PID/ns/net"
    );

    private static readonly ErrorMessage NotPermitted = new(
        ErrorKinds.NotPermitted,
        "the bonds of another network namespace are open only to those who have CAP_NET_ADMIN there; run the command as root"
    );

    private static readonly ErrorMessage OnlyHere = new(
        ErrorKinds.NotPermitted,
        "all network namespaces: only a caller in the service's own namespace sees those of others; leave it out to see this one's"
    );

    /// <summary>That of a request.</summary>
    public static Caller? Of(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Serves requests in the namespace of their callers.</summary>
    public static RequestDelegate In(HostedNamespaces namespaces, Func<HttpContext, HostedNamespace, Task> serve) =>
        async context =>
        {
            var entered = await Of(context)!.EnterAsync(namespaces);
            if (entered.Value is not { } lease)
            {
                await Replies.RefuseAsync(context, entered.Refusal!);
                return;
            }
            using (lease)
                await serve(context, lease.Hosted);
        };

    /// <summary>Enters the caller's namespace.</summary>
    public async Task<Answer<NamespaceLease>> EnterAsync(HostedNamespaces namespaces) =>
        handsOther ? NoNamespace
        : IsElsewhere(namespaces) && peer?.IsNetworkAdministrator() != true ? NotPermitted
        : await namespaces.EnterAsync(netns);

    /// <summary>The ID of the namespace whose events the caller may hear.</summary>
    /// <param name="namespaces">The hosted namespaces.</param>
    /// <param name="all">Whether it wants to hear those of all namespaces; then the ID is null.</param>
    public Answer<string?> Hears(HostedNamespaces namespaces, bool all) =>
        handsOther ? NoNamespace
        : !IsElsewhere(namespaces) ? new Answer<string?>(all ? null : namespaces.Own.Identity.Id, null)
        : peer?.IsNetworkAdministrator() != true ? NotPermitted
        : all ? OnlyHere
        : new Answer<string?>(netns!.Id, null);

    /// <summary>The refusal of a request for all namespaces, or null.</summary>
    public ErrorMessage? RefusalOfAll(HostedNamespaces namespaces) =>
        handsOther ? NoNamespace
        : IsElsewhere(namespaces) ? OnlyHere
        : null;

    /// <inheritdoc/>
    public void Dispose() => netns?.Dispose();

    private bool IsElsewhere(HostedNamespaces namespaces) => netns is not null && netns.Id != namespaces.Own.Identity.Id;
}

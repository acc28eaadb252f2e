using Tandem.Api;

namespace Tandem.Daemon.Http;

/// <summary>The part of a request that says whose bonds it concerns: those of the caller's network namespace, or with <c>?netns=all</c> those of all.</summary>
internal static class NamespaceQuery
{
    /// <summary>Whether a request concerns all network namespaces.</summary>
    public static bool IsAll(HttpContext context) => context.Request.Query[Endpoints.NetnsQuery] == Endpoints.AllNetns;
}

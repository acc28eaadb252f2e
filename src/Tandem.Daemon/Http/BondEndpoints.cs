using System.Globalization;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Namespaces;

namespace Tandem.Daemon.Http;

/// <summary>The endpoints of the API. Requests are parsed here, changes are carried out by the writer thread of the caller's network namespace, and answers
/// show the bond afterwards.</summary>
internal sealed class BondEndpoints(HostedNamespaces namespaces)
{
    private const string BondPath = Endpoints.Bonds + "/{bond}";
    private const string MemberPath = BondPath + "/members/{member}";

    /// <summary>Maximum wait for the files that show a change; the thread that writes them also waits for the kernel's RTNL lock.</summary>
    private static readonly TimeSpan FilePatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Adds all endpoints.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Endpoints.Service, In(ShowServiceAsync));
        routes.MapGet(Endpoints.Bonds, ListAsync);
        routes.MapPost(Endpoints.Bonds, In(CreateAsync));
        routes.MapGet(BondPath, In(ShowAsync));
        routes.MapGet(BondPath + "/plan", In(ShowPlanAsync));
        routes.MapGet(BondPath + "/spec", In(ShowSpecAsync));
        routes.MapPut(BondPath, In(PutAsync));
        routes.MapPatch(BondPath, In(ChangeAsync));
        routes.MapDelete(BondPath, In(RemoveAsync));
        routes.MapPut(MemberPath, In(JoinAsync));
        routes.MapPatch(MemberPath, In(ChangeMemberAsync));
        routes.MapDelete(MemberPath, In(ReleaseAsync));
    }

    private RequestDelegate In(Func<HttpContext, HostedNamespace, Task> serve) => Caller.In(namespaces, serve);

    private static string Bond(HttpContext context) => Name(context, "bond");

    private static string Member(HttpContext context) => Name(context, "member");

    private static string Name(HttpContext context, string key) =>
        Convert.ToString(context.Request.RouteValues[key], CultureInfo.InvariantCulture) ?? "";

    private static async Task ShowServiceAsync(HttpContext context, HostedNamespace netns)
    {
        Answer<ServiceInfo> answer = new ServiceInfo(
            ServiceVersion.Text,
            await netns.View.CountAsync(),
            netns.Identity.Name,
            netns.Rollback is { Until: not null } waiting ? waiting : null
        );
        await Replies.WriteAsync(context, answer, TandemJson.Readable.ServiceInfo);
    }

    private Task ListAsync(HttpContext context) =>
        NamespaceQuery.IsAll(context)
            ? ListAllAsync(context)
            : In(async (_, netns) => await ListAsync(context, await netns.View.ListAsync()))(context);

    private async Task ListAllAsync(HttpContext context)
    {
        if (Caller.Of(context)!.RefusalOfAll(namespaces) is { } refusal)
        {
            await Replies.RefuseAsync(context, refusal);
            return;
        }
        var bonds = new List<BondResource>();
        var leases = await namespaces.EnterAllAsync();
        try
        {
            foreach (var lease in leases)
                bonds.AddRange(await lease.Hosted.View.ListAsync());
        }
        finally
        {
            // Also after a failure: a namespace with a lease is never closed.
            foreach (var lease in leases)
                lease.Dispose();
        }
        await ListAsync(context, bonds);
    }

    private static Task ListAsync(HttpContext context, IReadOnlyList<BondResource> bonds) =>
        Replies.WriteAsync(context, new Answer<IReadOnlyList<BondResource>>(bonds, null), TandemJson.Readable.IReadOnlyListBondResource);

    private static Task ShowAsync(HttpContext context, HostedNamespace netns) => ShowAsync(context, netns, Bond(context));

    private static async Task ShowAsync(HttpContext context, HostedNamespace netns, string name, int status = StatusCodes.Status200OK)
    {
        var answer = await netns.View.ShowAsync(name);
        await Replies.WriteAsync(context, answer.Select(bond => bond.Resource), TandemJson.Readable.BondResource, status);
    }

    private static async Task ShowPlanAsync(HttpContext context, HostedNamespace netns)
    {
        var answer = await netns.View.ShowAsync(Bond(context));
        await Replies.WriteAsync(context, answer.Select(bond => bond.PlanResource), TandemJson.Readable.PlanResource);
    }

    private static async Task ShowSpecAsync(HttpContext context, HostedNamespace netns)
    {
        var answer = await netns.View.ShowAsync(Bond(context));
        await Replies.WriteAsync(context, answer.Select(bond => bond.Spec), TandemJson.Readable.BondSpec);
    }

    private static async Task PutAsync(HttpContext context, HostedNamespace netns)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.BondSpec);
        var isNew = body.Refusal is { } refusal
            ? refusal
            : await netns.Requests.CarryOutAsync(
                name,
                MembersOf(body.Value!),
                now => netns.Registry.Reconciler.Put(now, name, body.Value!)
            );
        await AnswerAsync(context, netns, isNew.Refusal, name, isNew.Value ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    // A null in the list is refused later.
    private static IEnumerable<string> MembersOf(BondSpec spec) => spec.Members?.Select(member => member?.Name).OfType<string>() ?? [];

    private static async Task CreateAsync(HttpContext context, HostedNamespace netns)
    {
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.CreateBondRequest);
        var refusal =
            body.Refusal
            ?? await netns.Requests.CarryOutAsync(body.Value!.Name, [], now => netns.Registry.Requests.Create(now, body.Value!));
        await AnswerAsync(context, netns, refusal, body.Value?.Name, StatusCodes.Status201Created);
    }

    private static async Task ChangeAsync(HttpContext context, HostedNamespace netns)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeBondRequest);
        var refusal = body.Refusal ?? await netns.Writer.Ask(now => netns.Registry.Requests.Change(now, name, body.Value!));
        await AnswerAsync(context, netns, refusal, name);
    }

    private static async Task RemoveAsync(HttpContext context, HostedNamespace netns)
    {
        var name = Bond(context);
        var refusal = await netns.Writer.Ask(now => netns.Registry.Requests.Remove(now, name));
        await FilesAsync(netns);
        await Replies.WriteNothingAsync(context, refusal);
    }

    private static async Task JoinAsync(HttpContext context, HostedNamespace netns)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = BodyReader.HasBody(context)
            ? await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest)
            : default(Answer<ChangeMemberRequest>);
        var refusal =
            body.Refusal
            ?? await netns.Requests.CarryOutAsync(bond, [member], now => netns.Registry.Requests.Join(now, bond, member, body.Value));
        await AnswerAsync(context, netns, refusal, bond);
    }

    private static async Task ChangeMemberAsync(HttpContext context, HostedNamespace netns)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest);
        var refusal = body.Refusal ?? await netns.Writer.Ask(now => netns.Registry.Requests.ChangeMember(now, bond, member, body.Value!));
        await AnswerAsync(context, netns, refusal, bond);
    }

    private static async Task ReleaseAsync(HttpContext context, HostedNamespace netns)
    {
        var (bond, member) = (Bond(context), Member(context));
        await AnswerAsync(context, netns, await netns.Writer.Ask(now => netns.Registry.Requests.Release(now, bond, member)), bond);
    }

    // The answer shows the state after the change.
    private static async Task AnswerAsync(
        HttpContext context,
        HostedNamespace netns,
        ErrorMessage? refusal,
        string? bond,
        int status = StatusCodes.Status200OK
    )
    {
        if (refusal is not null)
        {
            await Replies.RefuseAsync(context, refusal);
            return;
        }
        await FilesAsync(netns);
        await ShowAsync(context, netns, bond!, status);
    }

    // A client that learns of a change finds it in the files, too, unless the disk or the kernel keeps their thread waiting.
    private static async Task FilesAsync(HostedNamespace netns) => await Task.WhenAny(netns.Trees.WrittenAsync(), Task.Delay(FilePatience));
}

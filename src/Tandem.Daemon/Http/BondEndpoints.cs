using System.Globalization;
using System.Reflection;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Http;

/// <summary>The endpoints of the API. Requests are parsed here, changes are carried out by the writer thread, and answers show the bond
/// afterwards.</summary>
internal sealed class BondEndpoints(WriterThread writer, BondRegistry registry, BondView view)
{
    private const string BondPath = Endpoints.Bonds + "/{bond}";
    private const string MemberPath = BondPath + "/members/{member}";

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(BondEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "?";

    /// <summary>Adds all endpoints.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Endpoints.Service, ShowServiceAsync);
        routes.MapGet(Endpoints.Bonds, ListAsync);
        routes.MapPost(Endpoints.Bonds, CreateAsync);
        routes.MapGet(BondPath, ShowAsync);
        routes.MapGet(BondPath + "/plan", ShowPlanAsync);
        routes.MapGet(BondPath + "/spec", ShowSpecAsync);
        routes.MapPut(BondPath, PutAsync);
        routes.MapPatch(BondPath, ChangeAsync);
        routes.MapDelete(BondPath, RemoveAsync);
        routes.MapPut(MemberPath, JoinAsync);
        routes.MapPatch(MemberPath, ChangeMemberAsync);
        routes.MapDelete(MemberPath, ReleaseAsync);
    }

    private static string Bond(HttpContext context) => Name(context, "bond");

    private static string Member(HttpContext context) => Name(context, "member");

    private static string Name(HttpContext context, string key) =>
        Convert.ToString(context.Request.RouteValues[key], CultureInfo.InvariantCulture) ?? "";

    private async Task ShowServiceAsync(HttpContext context)
    {
        Answer<ServiceInfo> answer = new ServiceInfo(Version, await view.CountAsync());
        await Replies.WriteAsync(context, answer, TandemJson.Readable.ServiceInfo);
    }

    private async Task ListAsync(HttpContext context) =>
        await Replies.WriteAsync(
            context,
            new Answer<IReadOnlyList<BondResource>>(await view.ListAsync(), null),
            TandemJson.Readable.IReadOnlyListBondResource
        );

    private Task ShowAsync(HttpContext context) => ShowAsync(context, Bond(context));

    private async Task ShowAsync(HttpContext context, string name, int status = StatusCodes.Status200OK)
    {
        var answer = await view.ShowAsync(name);
        await Replies.WriteAsync(context, answer.Select(bond => bond.Resource), TandemJson.Readable.BondResource, status);
    }

    private async Task ShowPlanAsync(HttpContext context)
    {
        var answer = await view.ShowAsync(Bond(context));
        await Replies.WriteAsync(context, answer.Select(bond => bond.PlanResource), TandemJson.Readable.PlanResource);
    }

    private async Task ShowSpecAsync(HttpContext context)
    {
        var answer = await view.ShowAsync(Bond(context));
        await Replies.WriteAsync(context, answer.Select(bond => bond.Spec), TandemJson.Readable.BondSpec);
    }

    private async Task PutAsync(HttpContext context)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.BondSpec);
        var isNew = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.Reconciler.Put(now, name, body.Value!));
        await AnswerAsync(context, isNew.Refusal, name, isNew.Value ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task CreateAsync(HttpContext context)
    {
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.CreateBondRequest);
        var refusal = body.Refusal ?? await writer.Ask(now => registry.Requests.Create(now, body.Value!));
        await AnswerAsync(context, refusal, body.Value?.Name, StatusCodes.Status201Created);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeBondRequest);
        var refusal = body.Refusal ?? await writer.Ask(now => registry.Requests.Change(now, name, body.Value!));
        await AnswerAsync(context, refusal, name);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var name = Bond(context);
        await Replies.WriteNothingAsync(context, await writer.Ask(now => registry.Requests.Remove(now, name)));
    }

    private async Task JoinAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = BodyReader.HasBody(context)
            ? await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest)
            : default(Answer<ChangeMemberRequest>);
        var refusal = body.Refusal ?? await writer.Ask(now => registry.Requests.Join(now, bond, member, body.Value));
        await AnswerAsync(context, refusal, bond);
    }

    private async Task ChangeMemberAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest);
        var refusal = body.Refusal ?? await writer.Ask(now => registry.Requests.ChangeMember(now, bond, member, body.Value!));
        await AnswerAsync(context, refusal, bond);
    }

    private async Task ReleaseAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        await AnswerAsync(context, await writer.Ask(now => registry.Requests.Release(now, bond, member)), bond);
    }

    // The answer shows the state after the change.
    private Task AnswerAsync(HttpContext context, ErrorMessage? refusal, string? bond, int status = StatusCodes.Status200OK) =>
        refusal is null ? ShowAsync(context, bond!, status) : Replies.RefuseAsync(context, refusal);
}

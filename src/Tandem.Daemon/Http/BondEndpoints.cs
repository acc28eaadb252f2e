using System.Globalization;
using System.Reflection;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Http;

/// <summary>The API: each request is read here, carried out by the writer thread, and answered here.</summary>
internal sealed class BondEndpoints(WriterThread writer, BondRegistry registry)
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
        Answer<ServiceInfo> answer = await writer.Ask(_ => new ServiceInfo(Version, registry.Count));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.ServiceInfo);
    }

    private async Task ListAsync(HttpContext context)
    {
        var bonds = await writer.Ask(_ => registry.List());
        await Replies.WriteAsync(
            context,
            new Answer<IReadOnlyList<BondResource>>(bonds, null),
            TandemJson.Readable.IReadOnlyListBondResource
        );
    }

    private async Task ShowAsync(HttpContext context)
    {
        var name = Bond(context);
        var answer = await writer.Ask(_ => registry.Show(name));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource);
    }

    private async Task ShowPlanAsync(HttpContext context)
    {
        var name = Bond(context);
        var answer = await writer.Ask(_ => registry.ShowPlan(name));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.PlanResource);
    }

    private async Task ShowSpecAsync(HttpContext context)
    {
        var name = Bond(context);
        var answer = await writer.Ask(_ => registry.ShowSpec(name));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondSpec);
    }

    private async Task PutAsync(HttpContext context)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.BondSpec);
        var answer = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.Put(now, name, body.Value!));
        await Replies.WriteAsync(
            context,
            new Answer<BondResource>(answer.Value.Bond, answer.Refusal),
            TandemJson.Readable.BondResource,
            answer.Value.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );
    }

    private async Task CreateAsync(HttpContext context)
    {
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.CreateBondRequest);
        var answer = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.Create(now, body.Value!));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource, StatusCodes.Status201Created);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var name = Bond(context);
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeBondRequest);
        var answer = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.Change(now, name, body.Value!));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var name = Bond(context);
        await Replies.WriteNothingAsync(context, await writer.Ask(now => registry.Remove(now, name)));
    }

    private async Task JoinAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = BodyReader.HasBody(context)
            ? await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest)
            : default(Answer<ChangeMemberRequest>);
        var answer = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.Join(now, bond, member, body.Value));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource);
    }

    private async Task ChangeMemberAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        var body = await BodyReader.ReadAsync(context, TandemJson.Default.ChangeMemberRequest);
        var answer = body.Refusal is { } refusal ? refusal : await writer.Ask(now => registry.ChangeMember(now, bond, member, body.Value!));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource);
    }

    private async Task ReleaseAsync(HttpContext context)
    {
        var (bond, member) = (Bond(context), Member(context));
        var answer = await writer.Ask(now => registry.Release(now, bond, member));
        await Replies.WriteAsync(context, answer, TandemJson.Readable.BondResource);
    }
}

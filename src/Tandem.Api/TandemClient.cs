using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tandem.Api;

/// <summary>Talks to the service over its Unix socket. One client can be used by many threads.</summary>
public sealed class TandemClient : IDisposable
{
    /// <summary>How long a request may take unless the caller says otherwise; the service answers in milliseconds.</summary>
    public static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeSpan _timeLimit;

    /// <summary>A client of the service that listens on <paramref name="socketPath"/>; nothing is sent yet.</summary>
    /// <param name="socketPath">The socket; null for the one that the environment names, or the default one.</param>
    /// <param name="timeLimit">How long a request may take, the opening of an event stream included; null for <see cref="DefaultTimeLimit"/>.</param>
    public TandemClient(string? socketPath = null, TimeSpan? timeLimit = null)
    {
        _timeLimit = timeLimit ?? DefaultTimeLimit;
        SocketPath = socketPath ?? DefaultSocketPath;
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false };
        // Events may be hours apart: the limit is set for each request, not for its stream.
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://tandem"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The socket that <see cref="Endpoints.SocketVariable"/> names, or <see cref="Endpoints.DefaultSocket"/>.</summary>
    public static string DefaultSocketPath =>
        Environment.GetEnvironmentVariable(Endpoints.SocketVariable) is { Length: > 0 } path ? path : Endpoints.DefaultSocket;

    /// <summary>Where the service is expected to listen.</summary>
    public string SocketPath { get; }

    /// <summary>Who answers.</summary>
    public Task<ServiceInfo> GetServiceAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Service, TandemJson.Default.ServiceInfo, cancellation);

    /// <summary>What the machine offers, and what will be used of it.</summary>
    public Task<DoctorReport> GetDoctorAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Doctor, TandemJson.Default.DoctorReport, cancellation);

    /// <summary>All bonds.</summary>
    public Task<IReadOnlyList<BondResource>> GetBondsAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Bonds, TandemJson.Default.IReadOnlyListBondResource, cancellation);

    /// <summary>One bond.</summary>
    public Task<BondResource> GetBondAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Bond(bond), TandemJson.Default.BondResource, cancellation);

    /// <summary>How a bond's frames of the host are given to members now.</summary>
    public Task<PlanResource> GetPlanAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Plan(bond), TandemJson.Default.PlanResource, cancellation);

    /// <summary>The spec that would make a bond what it is now.</summary>
    public Task<BondSpec> GetSpecAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Spec(bond), TandemJson.Default.BondSpec, cancellation);

    /// <summary>
    /// Makes a bond what a spec says, all or nothing; one that is that already is not touched. A change that only a bond without members, or
    /// one that is down, can make takes its members from it for that moment.
    /// </summary>
    public Task PutBondAsync(string bond, BondSpec spec, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Put, Endpoints.Bond(bond), JsonContent.Create(spec, TandemJson.Default.BondSpec), cancellation);

    /// <summary>Makes a bond.</summary>
    public Task CreateBondAsync(CreateBondRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, Endpoints.Bonds, JsonContent.Create(request, TandemJson.Default.CreateBondRequest), cancellation);

    /// <summary>Changes a bond: all of the changes or none are made.</summary>
    public Task ChangeBondAsync(string bond, ChangeBondRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Patch, Endpoints.Bond(bond), JsonContent.Create(request, TandemJson.Default.ChangeBondRequest), cancellation);

    /// <summary>Removes a bond and releases its members.</summary>
    public Task DeleteBondAsync(string bond, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, Endpoints.Bond(bond), null, cancellation);

    /// <summary>Makes an interface a member, releasing it from another bond first.</summary>
    /// <param name="bond">The bond.</param>
    /// <param name="member">The interface.</param>
    /// <param name="options">Options of the member, if any: if they are refused, nothing changes.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public Task AddMemberAsync(string bond, string member, ChangeMemberRequest? options = null, CancellationToken cancellation = default) =>
        SendAsync(
            HttpMethod.Put,
            Endpoints.Member(bond, member),
            options is null ? null : JsonContent.Create(options, TandemJson.Default.ChangeMemberRequest),
            cancellation
        );

    /// <summary>Changes options of a member.</summary>
    public Task ChangeMemberAsync(string bond, string member, ChangeMemberRequest request, CancellationToken cancellation = default) =>
        SendAsync(
            HttpMethod.Patch,
            Endpoints.Member(bond, member),
            JsonContent.Create(request, TandemJson.Default.ChangeMemberRequest),
            cancellation
        );

    /// <summary>Releases a member.</summary>
    public Task RemoveMemberAsync(string bond, string member, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, Endpoints.Member(bond, member), null, cancellation);

    /// <summary>Events as they happen, from now on, until the service ends or the caller cancels.</summary>
    public async IAsyncEnumerable<EventMessage> WatchAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Endpoints.Events);
        using var response = await WithinLimitAsync(token => ExchangeAsync(request, token), cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var events = SseParser.Create(stream, (_, data) => ReadEvent(data)).EnumerateAsync(cancellation);
        await using var each = events.GetAsyncEnumerator(cancellation);
        while (await MoveNextAsync(each))
        {
            if (each.Current.Data is { } message)
                yield return message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // A service that is killed ends its stream in the middle: for who listens that is an end like any other.
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<EventMessage?>> each)
    {
        try
        {
            return await each.MoveNextAsync();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static EventMessage? ReadEvent(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, TandemJson.Default.EventMessage);
        }
        catch (JsonException e)
        {
            throw new TandemException("internal", $"an event of the service cannot be read: {e.Message}", e);
        }
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        WithinLimitAsync(token => ReadAsync(path, type, token), cancellation);

    private async Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await ExchangeAsync(request, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation)
                ?? throw new TandemException("internal", "the service answered with nothing");
        }
        catch (JsonException e)
        {
            throw new TandemException("internal", $"the service's answer cannot be read: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new TandemUnavailableException(SocketPath, UnavailableCause.Closed, e);
        }
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await WithinLimitAsync(token => ExchangeAsync(request, token), cancellation);
    }

    private async Task<T> WithinLimitAsync<T>(Func<CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(_timeLimit);
        try
        {
            return await exchange(limited.Token);
        }
        catch (OperationCanceledException e) when (limited.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TandemUnavailableException(SocketPath, UnavailableCause.NoAnswerInTime, e, _timeLimit);
        }
    }

    /// <summary>Sends a request and waits for the head of an answer that is not a refusal.</summary>
    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new TandemUnavailableException(SocketPath, CauseOf(e), e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await RefusalAsync(response, cancellation);
    }

    private UnavailableCause CauseOf(HttpRequestException exception) =>
        exception.InnerException is not SocketException { SocketErrorCode: var error } ? UnavailableCause.Closed
        : error == SocketError.AccessDenied ? UnavailableCause.NotAllowed
        // With the queue of the socket full, the kernel does not let a client wait that does not block.
        : error is SocketError.WouldBlock or SocketError.TryAgain ? UnavailableCause.TooManyClients
        : error is SocketError.ConnectionReset or SocketError.Shutdown ? UnavailableCause.Closed
        : File.Exists(SocketPath) ? UnavailableCause.NobodyListens
        : UnavailableCause.NoSocket;

    private static async Task<TandemException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(TandemJson.Default.ErrorMessage, cancellation) is { } error)
                return new TandemException(error.Kind, error.Message);
        }
        catch (JsonException)
        {
            // Not one of the service's own refusals: the status alone has to do.
        }
        catch (IOException)
        {
            // The service ended before it had said why.
        }
        return new TandemException("internal", $"the service answered {(int)response.StatusCode} {response.ReasonPhrase}");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

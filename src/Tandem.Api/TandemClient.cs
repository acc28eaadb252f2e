using System.Globalization;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Api;

/// <summary>A client of the service over its Unix socket. Thread-safe.</summary>
public sealed class TandemClient : IDisposable
{
    /// <summary>Default time limit of a request; the service usually answers within milliseconds.</summary>
    public static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromSeconds(10);

    // How long the rest of an answer that nobody reads is awaited, so that the connection can be used again.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private const string OfAll = $"?{Endpoints.NetnsQuery}={Endpoints.AllNetns}";

    private readonly HttpClient _http;
    private const string OwnNetns = "/proc/thread-self/ns/net";
    private const string NamedNetns = "/run/netns";

    private readonly TimeSpan _timeLimit;
    private readonly string _netns;

    /// <summary>
    /// Creates a client of the service that listens on <paramref name="socketPath"/>. Nothing is sent yet. Its bonds are those of one network namespace, which
    /// is handed over to the service: for another one than the service's, this process needs CAP_NET_ADMIN.
    /// </summary>
    /// <param name="socketPath">The socket; null for <see cref="DefaultSocketPath"/>.</param>
    /// <param name="timeLimit">Time limit of a request, and of opening an event stream; null for <see cref="DefaultTimeLimit"/>.</param>
    /// <param name="netns">The network namespace, by its name (<c>ip netns</c>) or a path; null for that of the thread that connects.</param>
    public TandemClient(string? socketPath = null, TimeSpan? timeLimit = null, string? netns = null)
    {
        _netns = netns is null ? OwnNetns : Path.Combine(NamedNetns, netns);
        _timeLimit = timeLimit ?? DefaultTimeLimit;
        SocketPath = socketPath ?? DefaultSocketPath;
        _http = NewHttp(DrainTime);
    }

    /// <summary>The socket of the environment variable <see cref="Endpoints.SocketVariable"/>, or <see
    /// cref="Endpoints.DefaultSocket"/>.</summary>
    public static string DefaultSocketPath =>
        Environment.GetEnvironmentVariable(Endpoints.SocketVariable) is { Length: > 0 } path ? path : Endpoints.DefaultSocket;

    /// <summary>The service's socket.</summary>
    public string SocketPath { get; }

    /// <summary>The service.</summary>
    public Task<ServiceInfo> GetServiceAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Service, TandemJson.Default.ServiceInfo, cancellation);

    /// <summary>What the machine supports, and what will be used.</summary>
    public Task<DoctorReport> GetDoctorAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Doctor, TandemJson.Default.DoctorReport, cancellation);

    /// <summary>All bonds.</summary>
    public Task<IReadOnlyList<BondResource>> GetBondsAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Bonds, TandemJson.Default.IReadOnlyListBondResource, cancellation);

    /// <summary>All bonds of all network namespaces that the service serves. Only for callers in the service's own namespace.</summary>
    public Task<IReadOnlyList<BondResource>> GetAllBondsAsync(CancellationToken cancellation = default) =>
        GetAsync($"{Endpoints.Bonds}{OfAll}", TandemJson.Default.IReadOnlyListBondResource, cancellation);

    /// <summary>One bond.</summary>
    public Task<BondResource> GetBondAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Bond(bond), TandemJson.Default.BondResource, cancellation);

    /// <summary>The plan by which a bond's data path distributes the host's frames now.</summary>
    public Task<PlanResource> GetPlanAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Plan(bond), TandemJson.Default.PlanResource, cancellation);

    /// <summary>The spec that describes a bond's present state.</summary>
    public Task<BondSpec> GetSpecAsync(string bond, CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Spec(bond), TandemJson.Default.BondSpec, cancellation);

    /// <summary>
    /// Creates or changes a bond so that it matches a spec; all or nothing. A bond that matches is not touched. A change that needs a
    /// bond without members, or one that is down, releases its members, or sets it down, for that moment.
    /// </summary>
    public Task PutBondAsync(string bond, BondSpec spec, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Put, Endpoints.Bond(bond), JsonContent.Create(spec, TandemJson.Default.BondSpec), cancellation);

    /// <summary>Creates a bond.</summary>
    public Task CreateBondAsync(CreateBondRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, Endpoints.Bonds, JsonContent.Create(request, TandemJson.Default.CreateBondRequest), cancellation);

    /// <summary>Changes a bond; all changes are made or none.</summary>
    public Task ChangeBondAsync(string bond, ChangeBondRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Patch, Endpoints.Bond(bond), JsonContent.Create(request, TandemJson.Default.ChangeBondRequest), cancellation);

    /// <summary>Removes a bond and releases its members.</summary>
    public Task DeleteBondAsync(string bond, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, Endpoints.Bond(bond), null, cancellation);

    /// <summary>Makes an interface a member, and releases it from another bond first.</summary>
    /// <param name="bond">The bond.</param>
    /// <param name="member">The interface.</param>
    /// <param name="options">Options of the member; null for none. If they are refused, nothing changes.</param>
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

    /// <summary>
    /// Takes the turn to apply files, so that nobody else does meanwhile. Refused while somebody else has it (<see cref="ErrorKinds.Applying"/>), and
    /// while changes wait for confirmation (<see cref="ErrorKinds.Unconfirmed"/>).
    /// </summary>
    public async Task<ApplyTurn> TakeTurnAsync(CancellationToken cancellation = default)
    {
        // A connection of its own, which closes at once with the turn.
        var http = NewHttp(drainTime: TimeSpan.Zero);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Endpoints.Apply);
            return new ApplyTurn(http, await WithinLimitAsync(token => ExchangeAsync(http, request, token), cancellation));
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary>What waits for confirmation.</summary>
    public Task<RollbackResource> GetRollbackAsync(CancellationToken cancellation = default) =>
        GetAsync(Endpoints.Rollback, TandemJson.Default.RollbackResource, cancellation);

    /// <summary>Has the service remember all bonds, and bring them back unless the changes that follow are confirmed in time.</summary>
    public async Task<RollbackResource> ArmRollbackAsync(RollbackRequest rollback, CancellationToken cancellation = default)
    {
        using var content = JsonContent.Create(rollback, TandemJson.Default.RollbackRequest);
        using var request = new HttpRequestMessage(HttpMethod.Put, Endpoints.Rollback) { Content = content };
        return await WithinLimitAsync(token => ReadAsync(request, TandemJson.Default.RollbackResource, token), cancellation);
    }

    /// <summary>Confirms changes, so that they are not rolled back. Refused (<see cref="ErrorKinds.NoRollback"/>) if none wait for it.</summary>
    /// <param name="turn">The caller's turn, for changes that end with it; null for others.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public Task ConfirmAsync(ApplyTurn? turn = null, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, RollbackOf(turn), null, cancellation);

    /// <summary>Has the service bring the bonds back now. Refused (<see cref="ErrorKinds.NoRollback"/>) if no changes wait for confirmation.</summary>
    /// <param name="turn">The caller's turn, for changes that end with it; null for others.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    /// <returns>What became of it is its <see cref="RollbackResource.Last"/>.</returns>
    public async Task<RollbackResource> RollBackAsync(ApplyTurn? turn = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, RollbackOf(turn));
        return await WithinLimitAsync(token => ReadAsync(request, TandemJson.Default.RollbackResource, token), cancellation);
    }

    /// <summary>Streams events from now on, until the service ends or the caller cancels.</summary>
    public IAsyncEnumerable<EventMessage> WatchAsync(CancellationToken cancellation = default) =>
        WatchAsync(Endpoints.Events, cancellation);

    /// <summary>The same for all network namespaces that the service serves. Only for callers in the service's own namespace.</summary>
    public IAsyncEnumerable<EventMessage> WatchAllAsync(CancellationToken cancellation = default) =>
        WatchAsync(Endpoints.Events + OfAll, cancellation);

    private async IAsyncEnumerable<EventMessage> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
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

    // A killed service breaks the stream off; for the listener that is a normal end.
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

    private static string RollbackOf(ApplyTurn? turn) =>
        turn is null
            ? Endpoints.Rollback
            : string.Create(CultureInfo.InvariantCulture, $"{Endpoints.Rollback}?{Endpoints.TurnQuery}={turn.Number}");

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        WithinLimitAsync(token => ReadAsync(path, type, token), cancellation);

    private async Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await ReadAsync(request, type, cancellation);
    }

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await ExchangeAsync(request, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation)
                ?? throw new TandemException("internal", "the service's answer is empty");
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

    /// <summary>Sends a request and waits for the headers of the response; throws if it is a refusal.</summary>
    private Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        ExchangeAsync(_http, request, cancellation);

    private async Task<HttpResponseMessage> ExchangeAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e) when (e.InnerException is TandemException refusal)
        {
            throw new TandemException(refusal.Kind, refusal.Message, e);
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
        // If the socket's backlog is full, the kernel fails a non-blocking connect instead of waiting.
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
            // Not one of the service's refusals: only the status is known.
        }
        catch (IOException)
        {
            // The service ended before it sent the reason.
        }
        return new TandemException("internal", $"the service answered {(int)response.StatusCode} {response.ReasonPhrase}");
    }

    // Events may be hours apart, so the limit applies to each request, not to an event stream.
    private HttpClient NewHttp(TimeSpan drainTime) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = ConnectAsync,
                UseProxy = false,
                ResponseDrainTimeout = drainTime,
            }
        )
        {
            BaseAddress = new Uri("http://tandem"),
            Timeout = Timeout.InfiniteTimeSpan,
        };

    // Without /proc there is nothing to hand over: the service then works in its own namespace.
    private SafeFileHandle? OpenNetns()
    {
        try
        {
            return File.OpenHandle(_netns);
        }
        catch (Exception e) when (_netns == OwnNetns && e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TandemException(ErrorKinds.Request, $"network namespace {_netns}: {e.Message}", e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
            return OpenNetns() is { } netns ? new CallerStream(socket, netns) : new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

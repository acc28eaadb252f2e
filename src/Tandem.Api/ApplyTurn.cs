using System.Globalization;

namespace Tandem.Api;

/// <summary>The turn of one client to apply files. It ends with this object, or with the process: the service notices the closed connection.</summary>
public sealed class ApplyTurn : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _answer;

    internal ApplyTurn(HttpClient http, HttpResponseMessage answer)
    {
        (_http, _answer) = (http, answer);
        var header = answer.Headers.TryGetValues(Endpoints.TurnHeader, out var values) ? values.First() : "";
        Number = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Its number, by which the service knows its holder.</summary>
    public long Number { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answer.Dispose();
        _http.Dispose();
    }
}

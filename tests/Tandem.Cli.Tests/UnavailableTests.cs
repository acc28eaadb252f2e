using System.Net.Sockets;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>The message names the reason why the service does not answer.</summary>
public sealed class UnavailableTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tdm-{Guid.NewGuid():N}.sock");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public Task Without_a_socket_no_service_runs() =>
        SaysAsync("there is no such socket, so no service runs here; start it with \"sudo tandemd\"");

    [Fact]
    public async Task A_socket_that_was_left_behind_is_told_from_none()
    {
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(_path));
            // Closing the socket removes the file; a killed service leaves it.
            File.Move(_path, _path + ".kept");
        }
        File.Move(_path + ".kept", _path);
        await SaysAsync("nobody listens on this socket: the service has ended; start it with");
    }

    [Fact]
    public async Task A_full_queue_means_too_many_clients()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen(0);
        // The kernel queues one connection more than the backlog, and no process accepts any.
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await waiting.ConnectAsync(new UnixDomainSocketEndPoint(_path), TestContext.Current.CancellationToken);
        await SaysAsync("too many clients wait for the service; try again later");
    }

    private async Task SaysAsync(string reason)
    {
        var run = await CommandRun.OfAsync("", ["link", "show"], _path, TimeSpan.FromSeconds(10));
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"Error: {_path}: {reason}", run.Error, StringComparison.Ordinal);
    }
}

using System.Net.Sockets;
using Tandem.Daemon.Http;

namespace Tandem.Daemon.Tests;

public sealed class SocketFileTests : IDisposable
{
    private readonly string _directory = RunningService.TemporaryDirectory();

    private string SocketPath => Path.Combine(_directory, "run", "s");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_directory_is_made()
    {
        Assert.Null(SocketFile.Prepare(SocketPath));
        Assert.True(Directory.Exists(Path.GetDirectoryName(SocketPath)));
    }

    [Fact]
    public void A_socket_that_is_answered_is_left_and_a_dead_one_is_removed()
    {
        Assert.Null(SocketFile.Prepare(SocketPath));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
            socket.Listen();
            Assert.Contains("another tandemd", SocketFile.Prepare(SocketPath), StringComparison.Ordinal);
            // A killed service does not tidy up: keep the file when the socket closes.
            File.Move(SocketPath, SocketPath + ".kept");
        }
        File.Move(SocketPath + ".kept", SocketPath);
        Assert.Null(SocketFile.Prepare(SocketPath));
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void A_file_that_is_no_socket_is_left()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        File.WriteAllText(SocketPath, "");
        Assert.NotNull(SocketFile.Prepare(SocketPath));
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public void A_path_that_a_socket_cannot_have_is_refused() =>
        Assert.Contains("107", SocketFile.Prepare("/tmp/" + new string('x', 120)), StringComparison.Ordinal);
}

using System.Diagnostics;
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
    public void A_socket_in_use_stays_and_a_stale_one_is_removed()
    {
        Assert.Null(SocketFile.Prepare(SocketPath));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
            socket.Listen();
            Assert.Contains("another tandemd", SocketFile.Prepare(SocketPath), StringComparison.Ordinal);
            // A killed service leaves the file, but closing the socket here deletes it: keep a copy.
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

    [Theory]
    [InlineData("fifo", "a FIFO exists at the socket's path; remove it")]
    [InlineData("directory", "a directory exists at the socket's path")]
    [InlineData("link", "a symbolic link exists at the socket's path")]
    [InlineData("file", "a file that is no socket exists at the socket's path")]
    public void A_file_in_place_of_the_socket_is_named_without_waiting(string kind, string problem)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SocketPath)!);
        switch (kind)
        {
            case "fifo":
                using (var process = Process.Start("mkfifo", [SocketPath]))
                    process.WaitForExit();
                break;
            case "directory":
                Directory.CreateDirectory(SocketPath);
                break;
            case "link":
                File.CreateSymbolicLink(SocketPath, "/nonexistent/s");
                break;
            default:
                File.WriteAllText(SocketPath, "");
                break;
        }
        Assert.StartsWith($"{SocketPath}: {problem}", SocketFile.Prepare(SocketPath, out var isTaken), StringComparison.Ordinal);
        Assert.False(isTaken);
    }

    [Fact]
    public void A_socket_whose_queue_is_full_is_taken_and_not_waited_for()
    {
        Assert.Null(SocketFile.Prepare(SocketPath));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(0);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Connect(new UnixDomainSocketEndPoint(SocketPath));
        Assert.NotNull(SocketFile.Prepare(SocketPath, out var isTaken));
        Assert.True(isTaken);
    }

    [Fact]
    public void The_socket_is_opened_to_its_group_and_a_link_in_its_place_is_not_followed()
    {
        Assert.Null(SocketFile.Prepare(SocketPath));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead);
        SocketFile.Open(SocketPath);
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.Equal(Shared, File.GetUnixFileMode(SocketPath));

        var secret = Path.Combine(_directory, "secret");
        File.WriteAllText(secret, "");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, secret);
        Assert.Throws<IOException>(() => SocketFile.Open(link));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(secret));
    }

    [Fact]
    public void A_path_that_a_socket_cannot_have_is_refused() =>
        Assert.Contains("107", SocketFile.Prepare("/tmp/" + new string('x', 120)), StringComparison.Ordinal);
}

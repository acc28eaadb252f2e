using System.Diagnostics;
using System.Net.Sockets;
using Tandem.Config.Files;
using Xunit;

namespace Tandem.Config.Tests.Files;

/// <summary>A path with the name of a file that is no regular file does not block the reader, and the error names it.</summary>
public sealed class NoFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Whatever_is_no_file_is_named()
    {
        var (fifo, folder, socket, device, big) = (Named("fifo"), Named("folder"), Named("socket"), Named("device"), Named("big"));
        Make("mkfifo", fifo);
        Directory.CreateDirectory(folder);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        File.CreateSymbolicLink(device, "/dev/zero");
        using (var file = File.Create(big))
            file.SetLength(1L << 40);
        File.CreateSymbolicLink(Named("masked"), "/dev/null");
        File.CreateSymbolicLink(Named("nowhere"), Path.Combine(_directory, "nothing"));
        File.WriteAllText(Named("good"), "network: {bonds: {bond0: {}}}");
        var read = ConfigurationReader.Read(_directory);
        Assert.Equal(
            [
                $"{big}: the file is larger than 1024 KiB; split it",
                $"{device}: cannot be read: it is a device; accepted: a regular file",
                $"{fifo}: cannot be read: it is a FIFO; accepted: a regular file",
                $"{folder}: cannot be read: it is a directory; accepted: a regular file",
                $"{Named("nowhere")}: cannot be read: No such file or directory",
                $"{socket}: cannot be read: it is a socket; accepted: a regular file",
            ],
            read.Errors.Select(error => error.ToString())
        );
        Assert.Empty(read.Bonds);
    }

    [Fact]
    public async Task A_pipe_that_is_named_itself_is_read()
    {
        var fifo = Named("fifo");
        Make("mkfifo", fifo);
        // Opening a FIFO for writing waits for its reader.
        var writing = Task.Run(() => File.WriteAllText(fifo, "network: {bonds: {bond7: {}}}"), TestContext.Current.CancellationToken);
        Assert.Equal("bond7", Assert.Single(ConfigurationReader.Read(fifo).Bonds).Name);
        await writing;
    }

    private string Named(string name) => Path.Combine(_directory, name + ".yaml");

    private static void Make(string program, string path)
    {
        using var process = Process.Start(program, path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Daemon.Trees;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>The files that the driver has in /proc and /sys, beside the socket.</summary>
public sealed class TreeTests
{
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    [Fact]
    public async Task Files_follow_each_answer_and_go_with_the_service()
    {
        var network = new FakeNetwork();
        network.Add("e0");
        network.Add("e1");
        var service = await RunningService.StartAsync(network);
        try
        {
            await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0","options":{"mode":"active-backup","miimon":"100"}}""");
            await ShowsAsync("sys/class/net/bonding_masters", "bond0\n");
            Assert.Equal("active-backup 1\n", Text("sys/class/net/bond0/bonding/mode"));
            Assert.Equal("", Text("sys/class/net/bond0/bonding/slaves"));
            Assert.Contains("Currently Active Slave: None\n", Text("proc/net/bonding/bond0"), StringComparison.Ordinal);

            await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e0");
            await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e1");
            await ShowsAsync("sys/class/net/bond0/bonding/slaves", "e0 e1\n");
            Assert.Equal("0\n", Text("sys/class/net/bond0/lower_e0/bonding_slave/queue_id"));
            Assert.Equal("e0 e1\n", Text("sys/class/net/e1/master/bonding/slaves"));
            Assert.Equal("../bond0", new FileInfo(At("sys/class/net/e0/upper_bond0")).LinkTarget);
            Assert.Contains("\nSlave Interface: e1\n", Text("proc/net/bonding/bond0"), StringComparison.Ordinal);
            // Following links would lead in circles.
            var withoutLinks = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
            foreach (var path in Directory.EnumerateFileSystemEntries(At("sys"), "*", withoutLinks))
                Assert.Equal((path, UnixFileMode.None), (path, File.GetUnixFileMode(path) & OthersMayWrite));

            await service.SendAsync(HttpMethod.Delete, "/v1/bonds/bond0/members/e0");
            await ShowsAsync("sys/class/net/bond0/bonding/slaves", "e1\n");
            for (var i = 0; Directory.Exists(At("sys/class/net/e0")); i++)
                await PauseAsync(i);
            await service.SendAsync(HttpMethod.Delete, "/v1/bonds/bond0");
            await ShowsAsync("sys/class/net/bonding_masters", "");
            for (var i = 0; Directory.Exists(At("sys/class/net/bond0")); i++)
                await PauseAsync(i);
            Assert.Equal(["bonding_masters"], Directory.EnumerateFileSystemEntries(At("sys/class/net")).Select(Path.GetFileName));
            Assert.Empty(Directory.EnumerateFileSystemEntries(At("proc/net/bonding")));
        }
        finally
        {
            await service.DisposeAsync();
        }

        // On a busy machine an answer may come before its files are written.
        async Task ShowsAsync(string path, string content)
        {
            for (var i = 0; !File.Exists(At(path)) || Text(path) != content; i++)
                await PauseAsync(i);
        }
        string At(string path) => Path.Combine(service.Directory, path);
        string Text(string path) => File.ReadAllText(At(path));
    }

    private static async Task PauseAsync(int count)
    {
        Assert.True(count < 400, "the files follow");
        await Task.Delay(25, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_service_that_stops_removes_its_files()
    {
        var directory = RunningService.TemporaryDirectory();
        try
        {
            // A file that a killed service left.
            Directory.CreateDirectory(Path.Combine(directory, "proc/net/bonding"));
            File.WriteAllText(Path.Combine(directory, "proc/net/bonding/old"), "");
            await using (var service = await RunningService.StartAsync(directory: directory))
            {
                await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
                for (var i = 0; !File.Exists(Path.Combine(directory, "proc/net/bonding/bond0")); i++)
                    await PauseAsync(i);
                Assert.False(File.Exists(Path.Combine(directory, "proc/net/bonding/old")));
            }
            Assert.Equal(
                [],
                Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName).Where(name => name is "proc" or "sys")
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_directory_that_others_may_write_gets_no_files()
    {
        var directory = RunningService.TemporaryDirectory();
        var shared = Directory.CreateDirectory(Path.Combine(directory, "shared")).FullName;
        File.SetUnixFileMode(shared, File.GetUnixFileMode(shared) | OthersMayWrite);
        try
        {
            using var state = PrivateDirectory.Open(directory).Value!;
            var store = new StateStore(state, new Surroundings("boot", 1), NullLogger.Instance);
            var registry = new BondRegistry(new FakeNetwork(), store, static _ => { }, static _ => default, NullLogger.Instance);
            using var logged = new StringWriter();
            using (var logs = new LineLoggerProvider(logged, forJournal: false, LogLevel.Information, TimeProvider.System))
            using (
                var trees = new BondTrees(
                    shared,
                    isOwn: false,
                    "0",
                    registry.Snapshots,
                    static work => work(),
                    logs.CreateLogger("tandemd")
                )
            )
            {
                registry.EndRound();
                await trees.WrittenAsync();
            }
            Assert.Contains("may be written by others", logged.ToString(), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(shared));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}

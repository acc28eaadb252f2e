using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Core;
using Tandem.Daemon.State;
using Tandem.Linux;

namespace Tandem.Daemon.Tests;

public sealed class StateStoreTests : IDisposable
{
    private static readonly Surroundings Here = new("this-boot", 4026531840);
    private readonly string _directory = RunningService.TemporaryDirectory();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_saved_is_read_again()
    {
        var state = State();
        Store().Save(state);
        var read = Assert.Single(Store().ReadAll());
        Assert.Equivalent(state, read, strict: true);
        Assert.Equal(["e1", "e0"], read.Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void Nothing_is_left_after_deleting()
    {
        var store = Store();
        store.Save(State());
        store.Delete("bond0");
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_set_aside_and_the_others_are_read()
    {
        Store().Save(State());
        var path = Assert.Single(Directory.GetFiles(_directory));
        var whole = File.ReadAllBytes(path);
        Store().Save(State() with { Name = "other" });
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal("other", Assert.Single(Store().ReadAll()).Name);
            Assert.False(File.Exists(path));
            Assert.True(File.Exists(path + ".unreadable"));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format":2}""")]
    [InlineData("""{"format":1,"boot":"this-boot","namespace":4026531840,"name":"bond0","members":[],"options":{}}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0"}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"../../etc/passwd"}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond1"}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":1,"name":"bond0"}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0","own_address":"red"}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0","members":[{}]}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0","options":{},"members":[null]}""")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0","members":[],"options":{"mode":null}}""")]
    public void A_file_with_something_else_in_it_is_set_aside(string content)
    {
        var path = Path.Combine(_directory, "4026531840.bond0.bond.json");
        File.WriteAllText(path, content);
        Assert.Empty(Store().ReadAll());
        Assert.False(File.Exists(path));
        Assert.Equal(content, File.ReadAllText(path + ".unreadable"));
    }

    [Fact]
    public void Files_of_another_namespace_are_left_alone()
    {
        Store(Here with { Namespace = 7 }).Save(State() with { Namespace = 7 });
        Assert.Empty(Store().ReadAll());
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Files_of_an_earlier_boot_are_removed()
    {
        Store().Save(State() with { Boot = "an-earlier-boot" });
        Assert.Empty(Store().ReadAll());
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_stops_nothing()
    {
        var store = new StateStore(Path.Combine(_directory, "missing"), Here, NullLogger.Instance);
        store.Save(State());
        store.Delete("bond0");
    }

    [Fact]
    public void One_service_at_a_time_has_the_lock()
    {
        using (var first = StateLock.TryTake(_directory, Here))
        {
            Assert.NotNull(first);
            Assert.Null(StateLock.TryTake(_directory, Here));
            using var elsewhere = StateLock.TryTake(_directory, Here with { Namespace = 7 });
            Assert.NotNull(elsewhere);
        }
        using var second = StateLock.TryTake(_directory, Here);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_service_that_was_killed_may_hold_the_lock_for_a_moment()
    {
        var killed = StateLock.TryTake(_directory, Here);
        Assert.Null(await StateLock.TakeAsync(_directory, Here, TimeSpan.Zero));
        var waiting = StateLock.TakeAsync(_directory, Here, TimeSpan.FromSeconds(20));
        Assert.False(waiting.IsCompleted);
        killed!.Dispose();
        using var next = await waiting;
        Assert.NotNull(next);
    }

    private StateStore Store(Surroundings? here = null) => new(_directory, here ?? Here, NullLogger.Instance);

    private static BondState State() =>
        new()
        {
            Format = BondState.CurrentFormat,
            Boot = Here.Boot,
            Namespace = Here.Namespace,
            Name = "bond0",
            OwnAddress = new MacAddress(0x0200_0000_0001),
            Device = 7,
            UserAddress = new MacAddress(0x0200_0000_0002),
            Active = 3,
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = "active-backup", ["primary"] = "e0" },
            Members = [Member("e1", 3), Member("e0", 2)],
        };

    private static MemberState Member(string name, int ifindex) =>
        new()
        {
            Saved = new SavedMember
            {
                Ifindex = ifindex,
                Name = name,
                Address = "02:00:00:00:00:09",
                Mtu = 1500,
                Flags = 4098,
                DisableIpv6 = 0,
                Addresses = [new SavedAddress { Address = "192.0.2.1", PrefixLength = 24 }],
            },
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["prio"] = "7" },
        };
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Core;
using Tandem.Core.Lacp;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Tests;

public sealed class StateStoreTests : IDisposable
{
    private static readonly Surroundings Here = new("this-boot", 4026531840);
    private readonly string _directory = RunningService.TemporaryDirectory();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_saved_state_is_read_back()
    {
        var state = State();
        Store().Save(state);
        var read = Assert.Single(Store().ReadAll([]));
        Assert.Equivalent(state with { Revision = 1 }, read, strict: true);
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
            Assert.Equal("other", Assert.Single(Store().ReadAll([])).Name);
            Assert.False(File.Exists(path));
            Assert.True(File.Exists(path + ".unreadable"));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format":2,"boot":"this-boot","namespace":4026531840,"name":"bond0"}""")]
    [InlineData("""{"format":2}""")]
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
        Assert.Empty(Store().ReadAll([]));
        Assert.False(File.Exists(path));
        Assert.Equal(content, File.ReadAllText(path + ".unreadable"));
    }

    [Theory]
    // Format 1 had neither the device's number nor the active member.
    [InlineData(
        """{"format":1,"boot":"this-boot","namespace":4026531840,"name":"bond0","own_address":"02:00:00:00:00:01","address_is_user_set":true,"options":{"mode":"active-backup"},"members":[]}"""
    )]
    [InlineData(
        """{"format":3,"boot":"this-boot","namespace":4026531840,"name":"bond0","later":{"x":[1,null]},"options":{"later":"1"},"members":[]}"""
    )]
    public void A_file_of_an_earlier_or_a_later_version_is_read(string content)
    {
        File.WriteAllText(Path.Combine(_directory, "4026531840.bond0.bond.json"), content);
        Assert.Equal("bond0", Assert.Single(Store().ReadAll([])).Name);
    }

    [Fact]
    public void Unknown_keys_of_a_later_version_are_skipped_everywhere()
    {
        const string Unknown = ",\"later\":{\"x\":1}";
        Store().Save(Whole());
        var path = Assert.Single(Directory.GetFiles(_directory));
        var before = Assert.Single(Store().ReadAll([]));
        var json = JsonNode.Parse(File.ReadAllText(path))!.ToJsonString();
        // Not into the options, which are a table of texts.
        var newer = json.Replace("}", Unknown + "}", StringComparison.Ordinal)
            .Replace($"\"primary\":\"e0\"{Unknown}", "\"primary\":\"e0\"", StringComparison.Ordinal)
            .Replace($"\"prio\":\"7\"{Unknown}", "\"prio\":\"7\"", StringComparison.Ordinal)
            .Replace("\"mux\":\"Attached\"", "\"mux\":\"Later\"", StringComparison.Ordinal);
        Assert.Equal(6, newer.Split(Unknown).Length - 1);
        File.WriteAllText(path, newer);
        var read = Assert.Single(Store().ReadAll([]));
        Assert.Equal(MuxState.Detached, read.Members[0].Partner!.Mux);
        Assert.Equivalent(
            before with
            {
                Members = [before.Members[0] with { Partner = before.Members[0].Partner! with { Mux = MuxState.Detached } }],
            },
            read,
            strict: true
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\0\0\0\0")]
    [InlineData("null")]
    [InlineData(null)]
    public void The_copy_in_the_kernel_replaces_a_damaged_or_missing_file(string? content)
    {
        var memory = Store().Save(State())!;
        var path = Assert.Single(Directory.GetFiles(_directory));
        var whole = Assert.Single(Store().ReadAll([]));
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllText(path, content);
        Assert.Equivalent(whole with { Directory = _directory }, Assert.Single(Store().ReadAll([memory])), strict: true);
    }

    [Fact]
    public void The_later_of_two_states_of_a_bond_counts()
    {
        var store = Store();
        var first = store.Save(State())!;
        var second = store.Save(State() with { Revision = 1, Active = 2 })!;
        Assert.Equal(2, Assert.Single(Store().ReadAll([first])).Active);
        store.Save(State() with { Revision = 2, Active = 3 });
        Assert.Equal(3, Assert.Single(Store().ReadAll([second])).Active);
        // The service is killed after it wrote the file under the new name, and before it deleted the old one.
        store.Save(State() with { Revision = 3, Name = "bond1" });
        Assert.Equal("bond1", Assert.Single(Store().ReadAll([])).Name);
        Assert.EndsWith(".bond1.bond.json", Assert.Single(Directory.GetFiles(_directory)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_copy_in_the_kernel_of_a_service_with_another_directory_is_not_used()
    {
        var elsewhere = RunningService.TemporaryDirectory();
        using var directory = PrivateDirectory.Open(elsewhere).Value!;
        var memory = new StateStore(directory, Here, NullLogger.Instance).Save(State())!;
        Assert.Empty(Store().ReadAll([memory]));
        Assert.Equal([2, 3, 7], Store().KnownElsewhere([memory]).Order());
        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public void Another_thread_writes_the_latest_content()
    {
        var work = new List<Action>();
        var store = new StateStore(Opened(), Here, NullLogger.Instance, work.Add);
        store.Save(State());
        store.Save(State() with { Revision = 1, Active = 2 });
        Assert.Empty(Directory.GetFiles(_directory));
        Assert.Single(work)();
        Assert.Equal(2, Assert.Single(Store().ReadAll([])).Active);
        store.Delete("bond0");
        store.Save(State());
        work[1]();
        Assert.Equal(3, Assert.Single(Store().ReadAll([])).Active);
    }

    [Fact]
    public void Files_of_another_namespace_are_left_alone()
    {
        Store(Here with { Namespace = 7 }).Save(State() with { Namespace = 7 });
        Assert.Empty(Store().ReadAll([]));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Files_of_an_earlier_boot_are_removed()
    {
        Store().Save(State() with { Boot = "an-earlier-boot" });
        Assert.Empty(Store().ReadAll([]));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_stops_nothing()
    {
        var store = Store();
        Directory.Delete(_directory);
        store.Save(State());
        Assert.NotNull(store.Flush("bond0"));
        store.Delete("bond0");
        Directory.CreateDirectory(_directory);
    }

    [Fact]
    public void One_service_at_a_time_holds_the_lock()
    {
        using (var first = StateLock.TryTake(Opened(), Here))
        {
            Assert.NotNull(first);
            Assert.Null(StateLock.TryTake(Opened(), Here));
            using var elsewhere = StateLock.TryTake(Opened(), Here with { Namespace = 7 });
            Assert.NotNull(elsewhere);
        }
        using var second = StateLock.TryTake(Opened(), Here);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_service_that_was_killed_may_hold_the_lock_for_a_moment()
    {
        var killed = StateLock.TryTake(Opened(), Here);
        Assert.Null(await StateLock.TakeAsync(Opened(), Here, TimeSpan.Zero));
        var waiting = StateLock.TakeAsync(Opened(), Here, TimeSpan.FromSeconds(20));
        Assert.False(waiting.IsCompleted);
        killed!.Dispose();
        using var next = await waiting;
        Assert.NotNull(next);
    }

    private PrivateDirectory Opened() => PrivateDirectory.Open(_directory).Value!;

    private StateStore Store(Surroundings? here = null) => new(Opened(), here ?? Here, NullLogger.Instance);

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

    private static BondState Whole() =>
        State() with
        {
            Past = new CarriedState(1, 2, 3, 4),
            Members =
            [
                Member("e0", 2) with
                {
                    Partner = new PartnerState(1, 2, new MacAddress(0x0200_0000_0003), 4, 5, 6, 7, Mux: MuxState.Attached),
                },
            ],
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

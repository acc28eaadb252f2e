using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>Changes wait for confirmation, in virtual time; without it everything is as before.</summary>
public sealed class RollbackTests : IDisposable
{
    private const string File = "1.rollback.json";
    private static readonly DateTimeOffset Epoch = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly PrivateDirectory _opened;
    private readonly FakeNetwork _network = new();
    private readonly List<BondEvent> _events = [];
    private readonly StringWriter _said = new();
    private readonly LineLoggerProvider _logs;
    private BondRegistry _registry;

    // The machine's clock, and how long it was suspended.
    private long _now;
    private long _suspended;

    public RollbackTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        _logs = new LineLoggerProvider(_said, forJournal: false, LogLevel.Information, TimeProvider.System);
        _registry = Start();
        foreach (var name in (string[])["e0", "e1", "e2", "e3"])
            _network.Add(name);
        Put("bond0", Spec(["mode=active-backup", "miimon=100"], "e0 prio=5", "e1"));
    }

    public void Dispose()
    {
        _logs.Dispose();
        _opened.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Without_a_confirmation_everything_is_as_before_at_the_deadline_and_not_earlier()
    {
        Put("bond1", Spec([], "e2"));
        Arm(30, "bond2");
        var before = Running();
        Change();
        Wait(29.999);
        Assert.NotEqual(before, Running());
        Assert.Equal((1, true), (Waiting.LeftSeconds, _registry.Rollback.IsWaiting));
        Wait(0.001);
        Assert.Equal(before, Running());
        Assert.Equal((null, RollbackOutcome.RolledBack), (Waiting.Until, Waiting.Last!.Outcome));
        Assert.Null(Waiting.Last.NotRestored);
        // The third bond was not changed, so it is not rolled back.
        Assert.Equal(["bond0", "bond2"], Told(EventKind.RolledBack).Order());
        Assert.False(System.IO.File.Exists(Path.Combine(_directory, File)));
        Assert.Equal(Clock.Never, _registry.Rollback.NextLook);
        // The rollback happens only once.
        Change();
        var later = Running();
        Wait(1000);
        Assert.Equal(later, Running());
    }

    [Fact]
    public void Confirmed_changes_stay()
    {
        Arm(30);
        Put("bond0", Spec(["mode=balance-xor"], "e0"));
        var wanted = Running();
        Wait(29);
        Assert.Null(Confirm());
        Wait(1000);
        Assert.Equal(wanted, Running());
        var refusal = Confirm()!;
        Assert.Equal(
            (ErrorKinds.NoRollback, "nothing waits for confirmation; the last changes were confirmed at 2026-11-30 00:00:29Z"),
            (refusal.Kind, refusal.Message)
        );
        Assert.False(System.IO.File.Exists(Path.Combine(_directory, File)));
    }

    [Fact]
    public void Nothing_to_confirm_is_told_with_what_happened_last()
    {
        Assert.Equal("nothing waits for confirmation", Confirm()!.Message);
        Arm(30);
        Assert.Equal(RollbackOutcome.Undone, _registry.Rollback.RollBackNow(_now).Last!.Outcome);
        Assert.EndsWith("were not completed at 2026-11-30 00:00:00Z, and rolled back", Confirm()!.Message, StringComparison.Ordinal);
        Arm(30);
        Wait(30);
        Assert.EndsWith("rolled back at 2026-11-30 00:00:30Z, since nobody confirmed them", Confirm()!.Message, StringComparison.Ordinal);
        // The next service knows the outcome too.
        Restart();
        Assert.Contains("rolled back at 2026-11-30 00:00:30Z", Confirm()!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(30, true)]
    [InlineData(5000, true)]
    public void The_next_service_goes_on_with_the_deadline(double seconds, bool isPast)
    {
        var before = Running();
        Arm(30, "bond2");
        Change();
        _now += Seconds(seconds);
        Restart();
        Assert.Equal(isPast, Running() == before);
        Assert.Equal(!isPast, _registry.Rollback.IsWaiting);
        Wait(isPast ? 0 : 30 - seconds);
        Assert.Equal(before, Running());
    }

    [Fact]
    public void Changes_of_a_turn_are_undone_soon_after_the_next_service_has_started()
    {
        Put("bond0", Spec(["mode=balance-xor"], "e0"));
        var before = Running();
        Assert.Null(TryArm(new RollbackRequest { Turn = 7 }).Refusal);
        Put("bond0", Spec(["mode=active-backup"], "e0"));
        // Another one may not end them.
        Assert.Equal(ErrorKinds.Applying, Confirm()!.Kind);
        Restart();
        Assert.Equal(ErrorKinds.Applying, Confirm()!.Kind);
        Wait(9);
        Assert.NotEqual(before, Running());
        Wait(2);
        Assert.Equal(before, Running());
        Assert.Equal(RollbackOutcome.Undone, Waiting.Last!.Outcome);
    }

    [Fact]
    public void A_suspension_counts_and_the_bonds_are_back_a_second_after_it()
    {
        var before = Running();
        Arm(600, "bond2");
        Change();
        Wait(10);
        _suspended += Seconds(3600);
        Assert.InRange(_registry.NextDeadline, _now, _now + Seconds(1));
        Wait(1);
        Assert.Equal(before, Running());
    }

    [Fact]
    public void What_waits_since_another_boot_is_dropped()
    {
        Arm(30);
        Change();
        _registry = Start("another-boot");
        _registry.Rollback.TakeOver(_now);
        Assert.False(_registry.Rollback.IsWaiting);
        Assert.False(System.IO.File.Exists(Path.Combine(_directory, File)));
        Assert.EndsWith($"{File} is of an earlier boot and is removed\n", Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(86401)]
    [InlineData(-1)]
    public void A_time_out_of_bounds_is_refused(int seconds)
    {
        var refusal = TryArm(new RollbackRequest { WithinSeconds = seconds }).Refusal!;
        Assert.Contains("accepted: 10 to 86400", refusal.Message, StringComparison.Ordinal);
        Assert.False(_registry.Rollback.IsWaiting);
    }

    [Fact]
    public void Others_wait_until_the_changes_are_confirmed()
    {
        Arm(100);
        Wait(5.5);
        var refusal = TryArm(new RollbackRequest { WithinSeconds = 10 }).Refusal!;
        Assert.Equal(ErrorKinds.Unconfirmed, refusal.Kind);
        Assert.Contains(
            "until 2026-11-30 00:01:40Z (95 s left): confirm them with \"tandem confirm\"",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Null(Confirm());
        Assert.Null(TryArm(new RollbackRequest { WithinSeconds = 10 }).Refusal);
    }

    [Fact]
    public void What_cannot_be_stored_is_not_begun()
    {
        Directory.CreateDirectory(Path.Combine(_directory, File + ".new"));
        var refusal = TryArm(new RollbackRequest { WithinSeconds = 30 }).Refusal!;
        Assert.Contains("nothing was changed", refusal.Message, StringComparison.Ordinal);
        Assert.False(_registry.Rollback.IsWaiting);
        Assert.Equal(Clock.Never, _registry.Rollback.NextLook);
    }

    // Contents of a draft when the machine or the service stops while it is written.
    [Theory]
    [InlineData("")]
    [InlineData("{\"boot\": \"boo")]
    public void A_half_written_draft_counts_for_nothing(string draft)
    {
        System.IO.File.WriteAllText(Path.Combine(_directory, File + ".new"), draft);
        Restart();
        Assert.False(_registry.Rollback.IsWaiting);
        Arm(30);
        System.IO.File.WriteAllText(Path.Combine(_directory, File + ".new"), draft);
        Restart();
        Assert.True(_registry.Rollback.IsWaiting);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_set_aside()
    {
        Arm(30);
        var path = Path.Combine(_directory, File);
        var whole = System.IO.File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(path, whole[..length]);
            Restart();
            Assert.False(_registry.Rollback.IsWaiting);
            Assert.False(System.IO.File.Exists(path));
        }
    }

    [Fact]
    public void Changes_of_others_meanwhile_are_undone_too_and_their_bonds_stay_without_the_members()
    {
        var before = Running();
        Arm(30);
        Put("bond0", Spec(["mode=802.3ad"], "e1"));
        Assert.Null(_registry.Requests.Change(_now, "bond0", new ChangeBondRequest { Mtu = 1400 }));
        Put("mine", Spec([], "e0", "e3"));
        Wait(30);
        Assert.Equal(before, Running("bond0"));
        Assert.Equal(["e3"], _registry.Show(_network, "mine").Members.Select(member => member.Name));
    }

    [Fact]
    public void A_bond_that_was_removed_meanwhile_is_made_again_and_members_may_be_exchanged()
    {
        Put("bond1", Spec(["mode=balance-xor"], "e2", "e3"));
        var before = Running();
        Arm(30);
        Put("bond0", Spec([], "e2"));
        Put("bond1", Spec([], "e0"));
        Assert.Null(_registry.Requests.Remove(_now, "bond1"));
        Wait(30);
        Assert.Equal(before, Running());
    }

    [Fact]
    public void A_bond_that_is_a_member_of_another_one_is_made_before_it()
    {
        // Bonds are remembered in the order of their creation.
        Put("bond1", Spec([]));
        Put("inner", Spec([], "e2"));
        Put("bond1", Spec([], "inner"));
        var before = Running();
        Arm(30);
        Assert.Null(_registry.Requests.Remove(_now, "bond1"));
        Assert.Null(_registry.Requests.Remove(_now, "inner"));
        Wait(30);
        Assert.Equal(before, Running());
    }

    [Fact]
    public void An_address_that_was_set_goes_again()
    {
        var address = _registry.Show(_network, "bond0").Link.Address;
        Arm(30);
        Put("bond0", Spec(["mode=active-backup", "miimon=100"], "e0 prio=5", "e1") with { Address = "02:00:00:00:00:aa" });
        Assert.Equal("02:00:00:00:00:aa", _registry.Show(_network, "bond0").Link.Address);
        Wait(30);
        Assert.Equal(address, _registry.Show(_network, "bond0").Link.Address);
        Assert.Null(_registry.Bonds.Find("bond0")!.Brain.UserAddress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Routes_of_a_bond_that_is_set_down_or_made_again_come_back(bool isRemoved)
    {
        var device = _network.Find("bond0")!.Ifindex;
        _network.Routes[device] = [new SavedRoute([1, 2, 3])];
        Arm(30);
        _network.Routes.Remove(device);
        if (isRemoved)
            Assert.Null(_registry.Requests.Remove(_now, "bond0"));
        else
            Put("bond0", Spec(["mode=balance-xor"], "e0"));
        Wait(30);
        Assert.Equal([new SavedRoute([1, 2, 3])], _network.Routes[_network.Find("bond0")!.Ifindex]);
    }

    [Fact]
    public void An_interface_that_was_up_before_it_became_a_member_is_up_again()
    {
        _network.SetUp(_network.Find("e2")!.Ifindex, true);
        Arm(30, "bond2");
        Put("bond2", Spec([], "e2", "e3"));
        Wait(30);
        Assert.Null(_registry.Bonds.Find("bond2"));
        Assert.Equal((true, false), (_network.Find("e2")!.IsUp, _network.Find("e3")!.IsUp));
    }

    [Fact]
    public void What_cannot_be_brought_back_is_named_and_keeps_nothing_else_from_it()
    {
        Put("bond1", Spec(["mode=active-backup", "primary=e2"], "e2", "e3"));
        Arm(30);
        Put("bond1", Spec(["mode=balance-xor"]));
        Put("bond0", Spec([]));
        _network.Delete("e2");
        var bridge = _network.Add("br0", "bridge");
        _network.Change(_network.Find("e1")!.Ifindex, link => link with { Master = bridge.Ifindex });
        Wait(30);
        Assert.Equal(["e0"], _registry.Show(_network, "bond0").Members.Select(member => member.Name));
        Assert.Equal(["e3"], _registry.Show(_network, "bond1").Members.Select(member => member.Name));
        Assert.Equal("active-backup", (string?)_registry.Show(_network, "bond1").Options["mode"]);
        var failures = Waiting.Last!.NotRestored!;
        Assert.Contains(failures, failure => failure.StartsWith("bond0: e1: ", StringComparison.Ordinal));
        Assert.Contains("bond1: e2: there is no interface of that name", failures);
        Assert.All(failures, failure => Assert.Contains($"not rolled back: {failure}", Said, StringComparison.Ordinal));
        Assert.Contains("bond1: e2", Confirm()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bond_that_was_rolled_back_is_not_made_of_its_file_until_changes_are_applied_again()
    {
        Arm(30, "bond2");
        Change();
        Assert.Null(_registry.Rollback.RefusalOfFile("bond2"));
        Wait(30);
        Restart();
        Assert.Contains("rolled back at 2026-11-30 00:00:30Z", _registry.Rollback.RefusalOfFile("bond2"), StringComparison.Ordinal);
        Assert.Null(_registry.Rollback.RefusalOfFile("bond0"));
        Arm(30, "bond2");
        Assert.Null(_registry.Rollback.RefusalOfFile("bond2"));
        Assert.Null(Confirm());
        Restart();
        Assert.Null(_registry.Rollback.RefusalOfFile("bond2"));
    }

    // A thread of its own writes the log; disposing ends it.
    private string Said
    {
        get
        {
            _logs.Dispose();
            return _said.ToString();
        }
    }

    private RollbackResource Waiting => _registry.Rollback.Describe(_now);

    private BondRegistry Start(string boot = "boot")
    {
        var log = _logs.CreateLogger("tandemd");
        var registry = new BondRegistry(
            _network,
            new StateStore(_opened, new Surroundings(boot, 1), log),
            _events.Add,
            nanoseconds => Epoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick),
            log,
            () => _now + _suspended
        );
        registry.Rollback.Prepare = (_, rollBack) => rollBack(_now);
        return registry;
    }

    // The service is killed, and the next one starts.
    private void Restart()
    {
        _registry = Start();
        _registry.Handover.TakeOver(_now);
        _registry.Rollback.TakeOver(_now);
    }

    // As a request does it, whose files another thread writes.
    private Answer<RollbackResource> TryArm(RollbackRequest request)
    {
        var devices = _registry.Rollback.Bonds.Select(_network.Capture).OfType<SavedMember>().ToList();
        var begun = _registry.Rollback.Begin(_now, request, devices);
        return begun.Value is { } state ? _registry.Rollback.EndBeginning(_now, state, _registry.Rollback.Write(), null) : begun.Refusal!;
    }

    private ErrorMessage? Confirm()
    {
        var ended = _registry.Rollback.End(_now, null);
        return ended.Value is { } state && _registry.Rollback.Write() is { } problem
            ? _registry.Rollback.Resume(_now, state, problem)
            : ended.Refusal;
    }

    private void Arm(int seconds, params string[] made) =>
        Assert.Null(TryArm(new RollbackRequest { WithinSeconds = seconds, Bonds = made }).Refusal);

    private void Change()
    {
        Put("bond0", Spec(["mode=balance-xor"], "e0"));
        Put("bond2", Spec(["mode=802.3ad"], "e1", "e3"));
    }

    // Advances the registry only when it wants to be called.
    private void Wait(double seconds)
    {
        var end = _now + Seconds(seconds);
        while (_registry.NextDeadline is var next && next <= end)
        {
            _now = Math.Max(_now, next);
            _registry.Advance(_now);
        }
        _now = end;
    }

    private static long Seconds(double seconds) => (long)(seconds * Clock.Second);

    private void Put(string name, BondSpec spec) => Assert.Null(_registry.Reconciler.Put(_now, name, spec).Refusal);

    private IEnumerable<string> Told(EventKind kind) => _events.Where(happened => happened.Kind == kind).Select(happened => happened.Bond);

    // All bonds, or one, as text. A rollback does not restore the order of members.
    private string Running(string? only = null) =>
        string.Join(
            '\n',
            from bond in _registry.Bonds.All
            where only is null || bond.Name == only
            orderby bond.Name
            let spec = bond.Spec with
            {
                Members = [.. bond.Spec.Members!.OrderBy(member => member.Name, StringComparer.Ordinal)],
            }
            select $"{bond.Name} {JsonSerializer.Serialize(spec, TandemJson.Default.BondSpec)}"
        );

    private static BondSpec Spec(string[] options, params string[] members) =>
        new()
        {
            Options = Options(options),
            Up = true,
            Members =
            [
                .. members
                    .Select(member => member.Split(' '))
                    .Select(words => new MemberSpec { Name = words[0], Options = Options(words[1..]) }),
            ],
        };

    private static Dictionary<string, string> Options(string[] options) =>
        options.Select(option => option.Split('=')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}

using System.Text;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Changes that wait for confirmation. Without it the bonds are as before at the deadline, whatever happens meanwhile.</summary>
public sealed class ConfirmTests
{
    // The shortest time limit, and how late the service may be on a busy machine, in s.
    private const string Shortest = "10s";
    private const int Bound = 30;

    private const int SigHup = 1;
    private const int SigKill = 9;

    [Fact]
    public void Confirmed_changes_stay_and_nobody_else_applies_meanwhile()
    {
        using var lab = Started(out var file);
        Assert.Equal("", lab.A.TryTandem("show").Error);
        var output = lab.A.Tandem("apply", "--confirm-within", Shortest, file);
        Assert.Contains("Waits for \"tandem confirm\" until ", output, StringComparison.Ordinal);
        var after = lab.A.Tandem("save", "-");
        File.WriteAllText(file + ".other.yaml", "network: {bonds: {bond0: {interfaces: []}}}");
        foreach (
            var command in (string[][])
                [
                    ["apply"],
                    ["apply", "--confirm-within", "1h"],
                ]
        )
        {
            var refused = lab.A.TryTandem([.. command, file + ".other.yaml"]);
            Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(" s left): confirm them with \"tandem confirm\"", refused.Error, StringComparison.Ordinal);
        }
        Assert.Contains("Changes wait for \"tandem confirm\" until ", lab.A.TryTandem("show", "bond0").Error, StringComparison.Ordinal);
        Assert.Contains(
            "\"rollback\":{\"until\":",
            lab.A.Must("curl", "-sS", "--unix-socket", lab.A.Socket, "http://tandem/v1"),
            StringComparison.Ordinal
        );
        Assert.Equal(0, lab.A.TryTandem("apply", "--dry-run", file).ExitCode);
        lab.A.Tandem("confirm");
        var nothing = lab.A.TryTandem("confirm");
        Assert.Equal(1, nothing.ExitCode);
        Assert.Contains("nothing waits for confirmation; the last changes were confirmed at ", nothing.Error, StringComparison.Ordinal);
        Assert.Equal("", lab.A.TryTandem("show").Error);
        Assert.DoesNotContain("rollback.json", string.Join(' ', Directory.GetFiles(lab.A.Service.State)), StringComparison.Ordinal);
        // The bonds are already as wanted, so nothing waits for confirmation.
        lab.A.Tandem("apply", "--confirm-within", Shortest, file);
        Assert.Equal(1, lab.A.TryTandem("confirm").ExitCode);
        Assert.Equal(after, lab.A.Tandem("save", "-"));
    }

    [Fact]
    public void Without_a_confirmation_the_service_brings_everything_back_by_itself()
    {
        using var lab = Started(out var file);
        // The bond carries frames before the change and after the rollback.
        lab.B.Service.Start();
        lab.BondHost(lab.B, 2, "mode", "active-backup", "miimon", "50");
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        lab.A.Ip("addr", "add", "fd13::1/64", "dev", "bond0", "nodad");
        lab.A.Ip("route", "add", "198.51.100.0/24", "via", "10.213.0.2");
        lab.A.Ip("addr", "add", "192.0.2.1/24", "dev", "bond1");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bond carries frames");
        var before = lab.A.Tandem("save", "-");
        lab.A.Tandem("apply", "--prune", "--confirm-within", Shortest, file);
        Assert.NotEqual(before, lab.A.Tandem("save", "-"));
        Assert.Null(lab.A.KernelLink("bond1"));
        Assert.NotNull(lab.A.KernelLink("bond2"));
        // A change by hand meanwhile.
        lab.A.Tandem("link", "set", "bond0", "mtu", "1400");
        RolledBack(lab, before);
        Assert.Null(lab.A.KernelLink("bond2"));
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bond carries frames again");
        // Routes and addresses that the kernel removed with the device, or when the device was set down.
        Assert.Contains("via 10.213.0.2 dev bond0", lab.A.Ip("route", "show", "198.51.100.0/24"), StringComparison.Ordinal);
        Assert.Contains("fd13::1/64", lab.A.Ip("addr", "show", "bond0"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.1/24", lab.A.Ip("addr", "show", "bond1"), StringComparison.Ordinal);
        var log = lab.A.Service.Log;
        Assert.Contains("changes were not confirmed in time and are rolled back: 2 bonds are brought back", log, StringComparison.Ordinal);
        Assert.Contains("bond1: rolled-back: its changes were not confirmed in time: it is made again", log, StringComparison.Ordinal);
        Assert.Contains("bond2: rolled-back: its changes were not confirmed in time: it is removed", log, StringComparison.Ordinal);
        Assert.Contains("the changes are rolled back, with 0 failures", log, StringComparison.Ordinal);
        var nothing = lab.A.TryTandem("confirm");
        Assert.Equal(1, nothing.ExitCode);
        Assert.Contains("the last changes were rolled back at ", nothing.Error, StringComparison.Ordinal);
        // The file still has the changes that were not confirmed.
        Assert.Contains("bond2: new", lab.A.Tandem("apply", "--dry-run", file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_service_that_is_killed_or_replaced_before_the_deadline_leaves_the_rollback_to_the_next_one(bool isReload)
    {
        using var lab = Started(out var file);
        var before = lab.A.Tandem("save", "-");
        lab.A.Tandem("apply", "--confirm-within", Shortest, file);
        if (isReload)
            Shell.Signal(lab.A.Service.Pid, SigHup);
        else
        {
            lab.A.Service.Kill();
            lab.A.Service.Start();
        }
        Shell.Until(
            () => lab.A.Service.Log.Contains("of the time of the previous service wait for confirmation", StringComparison.Ordinal),
            "the next service knows"
        );
        Shell.Until(() => lab.A.TryTandem("show").ExitCode == 0, "it answers");
        RolledBack(lab, before);
    }

    [Fact]
    public void A_service_that_starts_after_the_deadline_rolls_back_at_once_and_makes_nothing_of_the_refused_file()
    {
        using var lab = new Lab(cables: 4, start: false);
        var files = Directory.CreateDirectory(Path.Combine(lab.A.Directory, "files")).FullName;
        var file = Path.Combine(files, "bonds.yaml");
        File.WriteAllText(file, First);
        string[] program = [Programs.Tandemd, "--socket", lab.A.Socket, "--state", lab.A.Service.State, "--config", files];
        using var first = lab.A.Start(program);
        Shell.Until(() => lab.A.TryTandem("show", "bond1").ExitCode == 0, "the bonds are made");
        var before = lab.A.Tandem("save", "-");
        File.WriteAllText(file, Second);
        lab.A.Tandem("apply", "--prune", "--confirm-within", Shortest, file);
        first.Kill();
        first.WaitForExit();
        // A pause, not a wait: the deadline passes while no service runs.
        Thread.Sleep(TimeSpan.FromSeconds(11));
        for (var start = 0; start < 2; start++)
        {
            using var next = lab.A.Start(program);
            var log = new StringBuilder();
            next.ErrorDataReceived += (_, line) =>
            {
                lock (log)
                    log.AppendLine(line.Data);
            };
            next.BeginErrorReadLine();
            Shell.Until(
                () =>
                {
                    lock (log)
                        return log.ToString()
                            .Contains(
                                "bond2: not made as its file says: it was not confirmed, and rolled back at ",
                                StringComparison.Ordinal
                            );
                },
                "the file was read"
            );
            Assert.Equal(Sorted(before), Sorted(lab.A.Tandem("save", "-")));
            next.Kill();
            next.WaitForExit();
        }
    }

    [Fact]
    public void A_client_that_is_killed_in_the_middle_of_its_changes_leaves_nothing_of_them()
    {
        using var lab = Started(out var file);
        var before = lab.A.Tandem("save", "-");
        File.WriteAllText(
            file,
            $"network: {{bonds: {{{string.Join(", ", Enumerable.Range(2, 12).Select(number => $"bond{number}: {{}}"))}}}}}"
        );
        var client = lab.A.Start(Programs.Tandem, "apply", "--confirm-within", Shortest, file);
        Shell.Until(() => Directory.GetFiles(lab.A.Service.State, "*.bond2.bond.json").Length > 0, "the first change is made");
        Shell.Signal(client.Id, SigKill);
        client.WaitForExit();
        // The killed client had the turn. Now the refusal names the changes that wait.
        Assert.Contains("wait for confirmation until", lab.A.TryTandem("apply", file).Error, StringComparison.Ordinal);
        RolledBack(lab, before);
        // The turn is free as well.
        File.WriteAllText(file, First);
        Assert.Equal("The bonds are as wanted.\n", lab.A.Tandem("apply", file));
    }

    [Fact]
    public void One_client_at_a_time_applies()
    {
        using var lab = Started(out var file);
        var before = lab.A.Tandem("save", "-");
        // This client has the turn as long as it lives.
        var other = lab.A.Start("curl", "-sS", "-N", "-X", "POST", "--unix-socket", lab.A.Socket, "http://tandem/v1/apply");
        var same = Write(file + ".same", First);
        Shell.Until(
            () =>
                lab.A.TryTandem("apply", same) is { ExitCode: 2, Error: var error }
                && error.Contains("another \"tandem apply\" runs", StringComparison.Ordinal),
            "the other one has the turn"
        );
        Assert.Equal(2, lab.A.TryTandem("apply", "--confirm-within", "1h", file).ExitCode);
        Assert.Equal(before, lab.A.Tandem("save", "-"));
        Shell.Signal(other.Id, SigKill);
        other.WaitForExit();
        lab.A.Tandem("apply", file);
        Assert.NotEqual(before, lab.A.Tandem("save", "-"));
    }

    [Fact]
    public void Each_network_namespace_has_its_own_and_the_next_service_finds_it()
    {
        using var lab = Started(out var file);
        lab.B.ServedBy = lab.A;
        var (here, there) = (lab.A.Tandem("save", "-"), lab.B.Tandem("save", "-"));
        var output = lab.A.Tandem("-n", lab.B.Namespace, "apply", "--confirm-within", Shortest, file);
        Assert.Contains($"Waits for \"tandem -n {lab.B.Namespace} confirm\"", output, StringComparison.Ordinal);
        Assert.Equal(1, lab.A.TryTandem("confirm").ExitCode);
        Assert.NotEqual(there, lab.B.Tandem("save", "-"));
        lab.A.Service.Kill();
        lab.A.Service.Start();
        Shell.Until(() => lab.B.KernelLink("bond2") is null, "the bonds of the other namespace are gone", Bound);
        Shell.Until(() => lab.B.TryTandem("save", "-").Output == there, "the other namespace is as before");
        Assert.Equal(here, lab.A.Tandem("save", "-"));
    }

    [Fact]
    public void With_a_full_disk_nothing_is_changed()
    {
        using var lab = new Lab(cables: 4, start: false);
        var state = Directory.CreateDirectory(lab.A.Service.State).FullName;
        // ip netns exec creates a mount namespace.
        lab.A.Service.Start("sh", "-c", "mount -t tmpfs -o size=64k,mode=755 none \"$0\" && exec \"$@\"", state);
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        lab.A.Tandem("apply", Write(file, First));
        var before = lab.A.Tandem("save", "-");
        var inside = $"/proc/{lab.A.Service.Pid}/root{state}";
        Assert.NotEqual(0, Shell.Run("dd", "if=/dev/zero", $"of={inside}/fill", "bs=1024", "count=1024").ExitCode);
        var refused = lab.A.TryTandem("apply", "--confirm-within", Shortest, Write(file, Second));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("what would be rolled back cannot be stored: No space left on device", refused.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, lab.A.Tandem("save", "-"));
        File.Delete($"{inside}/fill");
        lab.A.Tandem("apply", "--confirm-within", Shortest, file);
        lab.A.Tandem("confirm");
    }

    private const string First =
        "network: {bonds: {bond0: {interfaces: [eth0, eth1], parameters: {mode: active-backup, mii-monitor-interval: 50}}, bond1: {interfaces: [eth2]}}}";

    private const string Second =
        "network: {bonds: {bond0: {interfaces: [eth0], parameters: {mode: balance-xor}}, bond2: {interfaces: [eth1, eth2, eth3]}}}";

    // Starts a service with the bonds of the first file, and writes the second file.
    private static Lab Started(out string file)
    {
        var lab = new Lab(cables: 4, start: false);
        lab.A.Service.Start();
        file = Path.Combine(lab.A.Directory, "bonds.yaml");
        lab.A.Tandem("apply", Write(file, First));
        Write(file, Second);
        return lab;
    }

    private static string Write(string file, string text)
    {
        File.WriteAllText(file, text);
        return file;
    }

    private static void RolledBack(Lab lab, string before)
    {
        Shell.Until(
            () =>
                lab.A.Service.Log is var log && log.Contains("the changes are rolled back, with 0 failures", StringComparison.Ordinal)
                    ? null
                    : log,
            "the service rolls back",
            Bound
        );
        Assert.Equal(Sorted(before), Sorted(lab.A.Tandem("save", "-")));
    }

    // A bond that was made again comes last, so the order of bonds is ignored.
    private static string Sorted(string saved)
    {
        var bonds = saved.Split("\n    bond");
        return bonds[0]
            + string.Concat(
                bonds[1..].Select(bond => bond.TrimEnd('\n')).Order(StringComparer.Ordinal).Select(bond => "\n    bond" + bond)
            );
    }
}

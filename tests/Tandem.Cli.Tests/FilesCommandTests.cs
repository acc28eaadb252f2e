using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class FilesCommandTests : IDisposable
{
    private const string Turn = "POST /v1/apply";
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-files-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Save_writes_only_what_differs_from_the_defaults()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0", "eth1") with { Mtu = 1500, NumTxQueues = 16 })));
        var path = Path.Combine(_directory, "bonds.yaml");
        var run = await service.RunAsync($"save {path}");
        Assert.Equal((0, $"{path}: 1 bond\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(
            "network:\n  version: 2\n  bonds:\n    bond0:\n      interfaces: [eth0, eth1]\n      parameters:\n        mode: active-backup\n        mii-monitor-interval: 100\n",
            File.ReadAllText(path)
        );
        Assert.Equal(File.ReadAllText(path), (await service.RunAsync("save -")).Output);
    }

    [Fact]
    public async Task What_was_saved_is_applied_without_a_change()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0") with { Mtu = 1500, NumTxQueues = 16 })));
        await service.RunAsync($"save {_directory}/a.yaml");
        var run = await service.RunAsync($"apply {_directory}");
        Assert.Equal((0, "The bonds are as wanted.\n"), (run.ExitCode, run.Output));
        Assert.Empty(Changes(service));
    }

    [Fact]
    public async Task Save_warns_of_other_files_that_name_the_same_members()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0"))));
        Write("a.yaml", "network: {bonds: {bond0: {interfaces: [eth0]}}}");
        var run = await service.RunAsync($"save {_directory}/b.yaml");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("eth0 is named twice", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_says_why_a_file_cannot_be_written()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0"))));
        var run = await service.RunAsync("save /proc/bonds.yaml");
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Error: /proc/bonds.yaml cannot be written: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_the_differences_and_changes_nothing()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0", "eth1")), ("bond7", Spec("eth7"))));
        Write(
            "a.yaml",
            "network: {bonds: {bond0: {interfaces: [eth0], parameters: {mode: active-backup}}, bond1: {interfaces: [eth1], members: {eth1: {queue-id: 3}}}}}"
        );
        var run = await service.RunAsync($"apply --dry-run {_directory}");
        Assert.Equal(
            """
            bond0: changed
              miimon 100 -> 0
              eth1 leaves, to bond1
            bond1: new
              mode balance-rr
              up on
              eth1 joins, from bond0: queue_id 3
            bond7: not in the files; stays (--prune removes it)

            """,
            run.Output
        );
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(Changes(service));
    }

    [Fact]
    public async Task Changes_are_carried_out_in_a_safe_order()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0", "eth1")), ("bond7", Spec("eth7"))));
        Write("a.yaml", "network: {bonds: {bond1: {interfaces: [eth1]}, bond0: {interfaces: [eth0], parameters: {mode: active-backup}}}}");
        var run = await service.RunAsync($"apply --prune {_directory}/a.yaml");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["DELETE bond7", "PUT bond0 eth0", "PUT bond1 eth1", "PUT bond0 eth0"], Changes(service).Skip(1).SkipLast(1));
    }

    [Fact]
    public async Task All_is_remembered_first_and_kept_at_the_end()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0"))));
        Write("a.yaml", "network: {bonds: {bond0: {}, bond1: {}}}");
        Assert.Equal(0, (await service.RunAsync($"apply {_directory}")).ExitCode);
        Assert.Equal(
            ["PUT /v1/rollback {\"turn\":0,\"bonds\":[\"bond1\"]}", "PUT bond0 ", "PUT bond1 ", "DELETE /v1/rollback?turn=0"],
            Changes(service)
        );
    }

    [Theory]
    [InlineData("", "\"turn\":0,")]
    [InlineData(" --confirm-within 1m", "\"within_seconds\":60,")]
    public async Task A_refused_change_has_the_service_undo_those_before_it(string option, string within)
    {
        var answers = Specs(("bond0", Spec("eth0")));
        await using var service = new StubService(request =>
            request.StartsWith("PUT /v1/bonds/bond1 ", StringComparison.Ordinal)
                ? Refusal("no-device", "eth9: no such interface")
                : answers(request)
        );
        Write("a.yaml", "network: {bonds: {bond0: {interfaces: [eth0]}, bond2: {}, bond1: {interfaces: [eth9]}}}");
        var run = await service.RunAsync($"apply{option} {_directory}");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("Error: bond1: eth9: no such interface; the changes before it were undone\n", run.Error);
        Assert.Equal(
            [
                $"PUT /v1/rollback {{{within}\"bonds\":[\"bond2\",\"bond1\"]}}",
                "PUT bond0 eth0",
                "PUT bond2 ",
                "PUT bond1 eth9",
                "POST /v1/rollback?turn=0",
            ],
            Changes(service)
        );
    }

    [Fact]
    public async Task A_refusal_of_the_first_change_changes_nothing()
    {
        var answers = Specs(("bond0", Spec("eth0")));
        await using var service = new StubService(request =>
            request.StartsWith("PUT /v1/bonds/", StringComparison.Ordinal) ? Refusal("internal", "no memory") : answers(request)
        );
        Write("a.yaml", "network: {bonds: {bond0: {}, bond1: {}}}");
        var run = await service.RunAsync($"apply {_directory}");
        Assert.Equal((2, "Error: bond0: no memory; nothing was changed\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData(200, "the changes before it could not all be undone, see \"tandem show\": bond0: eth0: there is no interface of that name")]
    [InlineData(500, "the service is to undo the changes before it, see \"tandem show\": no memory")]
    public async Task What_cannot_be_undone_is_named(int status, string expected)
    {
        var (answers, puts) = (Specs(("bond0", Spec("eth0"))), 0);
        await using var service = new StubService(request =>
            request.StartsWith("PUT /v1/bonds/", StringComparison.Ordinal) && puts++ > 0 ? Refusal("internal", "no memory")
            : !request.StartsWith("POST /v1/rollback", StringComparison.Ordinal) ? answers(request)
            : status == 500 ? Refusal("internal", "no memory")
            : (
                200,
                """{"last":{"time":"2026-11-30T00:02:00+00:00","outcome":"undone","not_restored":["bond0: eth0: there is no interface of that name"]}}"""
            )
        );
        Write("a.yaml", "network: {bonds: {bond0: {}, bond1: {}}}");
        var run = await service.RunAsync($"apply {_directory}");
        Assert.Equal((2, $"Error: bond1: no memory; {expected}\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("90", 90)]
    [InlineData("2m", 120)]
    [InlineData("24h", 86400)]
    public async Task What_waits_for_confirmation_is_remembered_before_the_first_change(string time, int seconds)
    {
        await using var service = new StubService(Waiting(Specs(("bond0", Spec("eth0")))));
        Write("a.yaml", "network: {bonds: {bond0: {interfaces: [eth0]}, bond1: {}}}");
        var run = await service.RunAsync($"apply --confirm-within {time} {_directory}");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            [$"PUT /v1/rollback {{\"within_seconds\":{seconds},\"bonds\":[\"bond1\"]}}", "PUT bond0 eth0", "PUT bond1 "],
            Changes(service)
        );
        Assert.Contains($"Waits for \"tandem --socket {service.SocketPath} confirm\" until ", run.Output, StringComparison.Ordinal);
        Assert.Equal(Turn, service.Requests[0]);
    }

    [Theory]
    [InlineData("apply --confirm-within 2m")]
    [InlineData("apply --dry-run --confirm-within 2m")]
    public async Task Without_a_difference_or_on_paper_nothing_waits(string line)
    {
        await using var service = new StubService(Waiting(Specs(("bond0", Spec("eth0")))));
        var parameters = "parameters: {mode: active-backup, mii-monitor-interval: 100}";
        var isDry = line.Contains("dry", StringComparison.Ordinal);
        Write("a.yaml", $"network: {{bonds: {{bond0: {{interfaces: [eth0], {(isDry ? "" : parameters)}}}}}}}");
        Assert.Equal(0, (await service.RunAsync($"{line} {_directory}")).ExitCode);
        Assert.Empty(Changes(service));
        Assert.Equal(isDry ? 0 : 1, service.Requests.Count(request => request == Turn));
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("apply --confirm-within 2m")]
    public async Task Without_the_turn_or_the_memory_nothing_is_changed(string line)
    {
        Write("a.yaml", "network: {bonds: {bond0: {}}}");
        foreach (var refused in (string[])[Turn, "PUT /v1/rollback"])
        {
            var answers = Waiting(Specs(("bond0", Spec("eth0"))));
            await using var service = new StubService(request =>
                request.StartsWith(refused, StringComparison.Ordinal) ? Refusal("unconfirmed", "not now") : answers(request)
            );
            var run = await service.RunAsync($"{line} {_directory}");
            if (refused != Turn && !line.Contains("confirm", StringComparison.Ordinal))
                continue;
            Assert.Equal((2, "Error: not now\n"), (run.ExitCode, run.Error));
            Assert.DoesNotContain(service.Requests, request => request.StartsWith("PUT /v1/bonds", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("9s")]
    [InlineData("9")]
    [InlineData("25h")]
    [InlineData("1441m")]
    [InlineData("99999999999999999999h")]
    [InlineData("9223372036854775807h")]
    [InlineData("-1m")]
    [InlineData("2 m")]
    [InlineData("2d")]
    [InlineData("m")]
    [InlineData("1.5m")]
    public async Task A_time_that_cannot_be_is_refused_with_what_is_accepted(string time)
    {
        var run = await CommandRun.OfAsync("apply", "--confirm-within", time, _directory);
        Assert.Equal(255, run.ExitCode);
        Assert.StartsWith($"Error: --confirm-within {time}: not a time", run.Error, StringComparison.Ordinal);
        Assert.Contains("10s to 24h", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirm_says_what_happened()
    {
        await using var service = new StubService(_ => (204, ""));
        var run = await service.RunAsync("confirm");
        Assert.Equal((0, "Confirmed: the bonds stay as they are.\n"), (run.ExitCode, run.Output));
        Assert.Equal(["DELETE /v1/rollback"], service.Requests);
        await using var other = new StubService(_ => Refusal(ErrorKinds.NoRollback, "nothing waits"));
        run = await other.RunAsync("confirm");
        Assert.Equal((1, "Error: nothing waits\n"), (run.ExitCode, run.Error));
        Assert.Equal(255, (await CommandRun.OfLineAsync("confirm bond0")).ExitCode);
    }

    [Fact]
    public async Task Show_tells_what_waits_beside_what_scripts_read()
    {
        var bond = RecordedState.Load(RecordedState.Names.First()).Bond;
        await using var service = new StubService(Waiting(_ => (200, JsonSerializer.Serialize(bond, TandemJson.Default.BondResource))));
        var run = await service.RunAsync("show bond0");
        Assert.StartsWith("Ethernet Channel Bonding Driver", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("Changes wait for \"tandem confirm\" until ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("(77 s left); without it they are rolled back.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_none_is_named_and_not_opened()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0"))));
        Directory.CreateDirectory(Path.Combine(_directory, "d.yaml"));
        var run = await service.RunAsync($"apply {_directory}");
        Assert.Equal(255, run.ExitCode);
        Assert.Contains(
            $"{_directory}/d.yaml: cannot be read: it is a directory; accepted: a regular file",
            run.Error,
            StringComparison.Ordinal
        );
        run = await service.RunAsync("save /dev/null");
        Assert.Equal(
            (2, "Error: /dev/null cannot be written: it is a device; accepted: a regular file, or a name that is free\n"),
            (run.ExitCode, run.Error)
        );
    }

    [Fact]
    public async Task Errors_of_files_are_printed_with_their_places_and_nothing_is_sent()
    {
        await using var service = new StubService(Specs());
        Write("a.yaml", "network: {bonds: {bond0: {mtu: 1, parameters: {lacp-rate: sometimes}}}}");
        var run = await service.RunAsync($"apply {_directory}");
        Assert.Equal(255, run.ExitCode);
        Assert.Equal(
            [
                $"{_directory}/a.yaml:1:32: bonds.bond0.mtu: \"1\": not a number in the range; accepted: 68 to 65535 bytes",
                $"{_directory}/a.yaml:1:59: bonds.bond0.parameters.lacp-rate: \"sometimes\": no such value; accepted: slow, fast",
                $"Error: {_directory}: 2 errors; nothing was changed",
            ],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_directory_without_files_is_not_an_order_to_remove_all()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0"))));
        var run = await service.RunAsync($"apply --prune {_directory}");
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Import_prints_bonds_on_the_output_and_notes_on_the_errors()
    {
        Write("etc/network/interfaces", "iface bond0 inet dhcp\n  bond-slaves eth0 eth1\n  bond-mode 1\n");
        foreach (var tool in new[] { "ifupdown ", "" })
        {
            var run = await CommandRun.OfLineAsync($"import {tool}--root {_directory}");
            Assert.Equal(0, run.ExitCode);
            Assert.Equal(
                "# Imported from ifupdown.\nnetwork:\n  version: 2\n  bonds:\n    bond0:\n      interfaces: [eth0, eth1]\n      parameters:\n        mode: active-backup\n",
                run.Output
            );
            Assert.Equal(
                $"{_directory}/etc/network/interfaces:1: iface bond0: its addresses and routes are no settings of the bond; they stay with ifupdown\n"
                    + "In the place of the stanzas of the bond and of its members, for ifupdown:\n  auto bond0\n  iface bond0 inet static\n    address 192.0.2.10/24\n",
                run.Error
            );
        }
        Assert.Equal(1, (await CommandRun.OfLineAsync($"import netplan --root {_directory}")).ExitCode);
    }

    [Fact]
    public async Task Import_reads_the_bonds_of_the_driver_from_its_input()
    {
        var run = await CommandRun.OfAsync(
            "[{\"ifname\":\"bond0\",\"flags\":[\"UP\"],\"mtu\":1500,\"linkinfo\":{\"info_kind\":\"bond\",\"info_data\":{\"mode\":\"broadcast\"}}},{\"ifname\":\"eth0\",\"master\":\"bond0\"}]",
            ["import", "live"]
        );
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("interfaces: [eth0]\n      parameters:\n        mode: broadcast\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_prints_the_running_bonds_for_another_tool()
    {
        await using var service = new StubService(Specs(("bond0", Spec("eth0") with { NumTxQueues = 4 })));
        var run = await service.RunAsync("export netplan");
        Assert.Equal(
            "# /etc/netplan/60-tandem.yaml\nnetwork:\n  version: 2\n  ethernets:\n    eth0: {}\n  bonds:\n    bond0:\n      interfaces: [eth0]\n      parameters:\n        mode: active-backup\n        mii-monitor-interval: 100\n",
            run.Output
        );
        Assert.Equal((0, "bond0: numtxqueues 4: cannot be expressed there (netplan)\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Export_writes_files_below_a_root_which_import_reads()
    {
        Write("a.yaml", "network: {bonds: {bond0: {interfaces: [eth0], mtu: 9000, parameters: {mode: 802.3ad, lacp-rate: fast}}}}");
        foreach (var tool in new[] { "netplan", "networkd", "NetworkManager" })
        {
            var root = Path.Combine(_directory, tool);
            Assert.Equal(0, (await CommandRun.OfLineAsync($"export {tool} --root {root} {_directory}/a.yaml")).ExitCode);
            var run = await CommandRun.OfLineAsync($"import {tool} --root {root}");
            Assert.Equal(
                $"# Imported from {tool}.\nnetwork:\n  version: 2\n  bonds:\n    bond0:\n      interfaces: [eth0]\n      mtu: 9000\n      parameters:\n        mode: 802.3ad\n        lacp-rate: fast\n",
                run.Output
            );
            // No note about omitted settings: standard error has the recipe only.
            Assert.StartsWith("In the place of ", run.Error, StringComparison.Ordinal);
            Assert.Contains("192.0.2.10/24", run.Error, StringComparison.Ordinal);
            Assert.Equal(tool != "netplan", run.Error.Contains("tdm-bond0", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("import netplam", "did you mean netplan?")]
    [InlineData("import netplan networkd", "was not expected here")]
    [InlineData("import live --root /x", "cannot be used together with live")]
    [InlineData("export", "the tool is missing; accepted: netplan, networkd, NetworkManager, ifupdown")]
    [InlineData("export ifcfg", "accepted: netplan, networkd, NetworkManager, ifupdown")]
    [InlineData("export netplan a b", "was not expected here")]
    public async Task Wrong_words_of_import_and_export_are_refused(string line, string error)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(255, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apply --wrong")]
    [InlineData("apply a b")]
    [InlineData("save a b")]
    public async Task Words_that_are_not_expected_are_refused(string line) =>
        Assert.Equal(255, (await CommandRun.OfLineAsync(line)).ExitCode);

    private static BondSpec Spec(params string[] members) =>
        new()
        {
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = "active-backup", ["miimon"] = "100" },
            Up = true,
            Members = [.. members.Select(name => new MemberSpec { Name = name })],
        };

    // A service with these bonds. Commands use only the names of the list.
    private static Func<string, (int Status, string Body)> Specs(params (string Name, BondSpec Spec)[] bonds) =>
        request =>
        {
            if (request is "GET /v1/bonds")
                return (200, $"[{string.Join(',', bonds.Select(bond => Listed(bond.Name)))}]");
            foreach (var (name, spec) in bonds)
            {
                if (request == $"GET /v1/bonds/{name}/spec")
                    return (200, JsonSerializer.Serialize(spec, TandemJson.Default.BondSpec));
            }
            return (200, "{}");
        };

    // The same service, in which a change waits for confirmation.
    private static Func<string, (int Status, string Body)> Waiting(Func<string, (int Status, string Body)> answers) =>
        request =>
            request.Contains(" /v1/rollback", StringComparison.Ordinal)
                ? (200, "{\"until\":\"2026-11-30T00:02:00+00:00\",\"left_seconds\":77}")
                : answers(request);

    private static string Listed(string name) =>
        JsonSerializer.Serialize(
            RecordedState.Load(RecordedState.Names.First()).Bond with
            {
                Name = name,
            },
            TandemJson.Default.BondResource
        );

    private static (int Status, string Body) Refusal(string kind, string message) =>
        (409, JsonSerializer.Serialize(new ErrorMessage(kind, message), TandemJson.Default.ErrorMessage));

    private static IEnumerable<string> Changes(StubService service) =>
        service
            .Requests.Where(request =>
                !request.StartsWith("GET", StringComparison.Ordinal) && !request.StartsWith(Turn, StringComparison.Ordinal)
            )
            .Select(Short);

    private static string Short(string request)
    {
        var parts = request.Split(' ', 3);
        if (!parts[1].StartsWith("/v1/bonds/", StringComparison.Ordinal))
            return request;
        var bond = parts[1]["/v1/bonds/".Length..];
        if (parts.Length < 3)
            return $"{parts[0]} {bond}";
        var members = JsonNode.Parse(parts[2])!["members"]?.AsArray().Select(member => (string?)member!["name"]) ?? [];
        return $"{parts[0]} {bond} {string.Join(',', members)}";
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

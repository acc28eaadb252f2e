using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Open vSwitch on a host of the lab, without its kernel module: the bridge br0 with a bond that speaks LACP. Its database, sockets
/// and logs are in the host's folder, its processes in the host's namespace, which ends them if a test does not.
/// </summary>
internal sealed class OpenVSwitch(Host host)
{
    // Names of the state's bits in lacp/show, from the lowest on.
    private static readonly string[] StateNames =
    [
        "activity",
        "timeout",
        "aggregation",
        "synchronized",
        "collecting",
        "distributing",
        "defaulted",
        "expired",
    ];

    private Process? _database;
    private Process? _switch;

    /// <summary>The bond of the bridge.</summary>
    public string Bond { get; private set; } = "";

    private string DatabaseSocket => $"unix:{Path.Combine(host.Directory, "db.sock")}";

    public static void Require() => OptionalProgram.Require("ovs-vswitchd", "openvswitch-switch");

    /// <summary>Starts Open vSwitch, with its earlier configuration.</summary>
    public void Start()
    {
        var database = Path.Combine(host.Directory, "conf.db");
        if (!File.Exists(database))
            host.Must("ovsdb-tool", "create", database, "/usr/share/openvswitch/vswitch.ovsschema");
        _database = Run("ovsdb-server", database, $"--remote=p{DatabaseSocket}");
        Shell.Until(() => host.Run(Configuring("--no-wait", "init")).ExitCode == 0, "the database of Open vSwitch answers");
        _switch = Run("ovs-vswitchd", DatabaseSocket);
        // The command returns when the switch has applied the database.
        Configure("init");
    }

    /// <summary>Ends Open vSwitch as its service does. The device br0 stays, but nothing forwards.</summary>
    public void Stop()
    {
        foreach (var process in new[] { _switch!, _database! })
        {
            Shell.Signal(process, PosixSignal.SIGTERM);
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(15)), $"{process.StartInfo.FileName} does not end");
        }
    }

    /// <summary>Makes the bridge.</summary>
    public void AddBridge(string macAddress, string address)
    {
        Configure([
            "add-br",
            "br0",
            "--",
            .. $"set bridge br0 datapath_type=netdev fail_mode=standalone other_config:hwaddr=\"{macAddress}\"".Split(' '),
        ]);
        host.Ip("link", "set", "br0", "up");
        host.Ip("addr", "add", address, "dev", "br0");
    }

    /// <summary>Makes the bridge's bond.</summary>
    public void AddBond(string name, string[] members, params string[] settings)
    {
        Configure(["add-bond", "br0", name, .. members, "bond_mode=balance-tcp", "lacp=active", .. settings]);
        Bond = name;
    }

    /// <summary>Runs <c>ovs-vsctl</c>, and waits until the switch has applied the change.</summary>
    public void Configure(params string[] arguments) => host.Must(Configuring(arguments));

    /// <summary>Output of <c>bond/show</c>.</summary>
    public string ShowBond() => Control("bond/show");

    /// <summary>Output of <c>lacp/show</c>.</summary>
    public string ShowLacp() => Control("lacp/show");

    /// <summary>The ends of the links as <c>lacp/show</c> has them: our end of the cable is the partner.</summary>
    public static Dictionary<string, LacpLink> Links(string said) =>
        said.Split("\nmember: ")[1..]
            .ToDictionary(
                member => member[..member.IndexOf(':', StringComparison.Ordinal)],
                member => new LacpLink(EndOf("actor", member), EndOf("partner", member))
            );

    private static LacpEnd EndOf(string end, string said)
    {
        string Value(string key) =>
            said.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();
        int Number(string key) => int.Parse(Value(key), CultureInfo.InvariantCulture);
        var words = Value($"{end} state:").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new LacpEnd(
            Number($"{end} sys_priority:"),
            Value($"{end} sys_id:"),
            Number($"{end} key:"),
            Number($"{end} port_priority:"),
            Number($"{end} port_id:"),
            words.Sum(word => 1 << Array.IndexOf(StateNames, word))
        );
    }

    private Process Run(string program, params string[] arguments) =>
        host.Start([
            .. new[] { "env", $"OVS_RUNDIR={host.Directory}", $"OVS_LOGDIR={host.Directory}", program },
            .. arguments,
            $"--unixctl={ControlOf(program)}",
            "--log-file",
            "-vconsole:off",
        ]);

    private string[] Configuring(params string[] arguments) => ["ovs-vsctl", $"--db={DatabaseSocket}", "--timeout=20", .. arguments];

    private string Control(string command) => host.Must("ovs-appctl", "-t", ControlOf("ovs-vswitchd"), command, Bond);

    private string ControlOf(string program) => Path.Combine(host.Directory, $"{program}.ctl");
}

using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The mount namespace in which a user of the host works; the service has one of its own, as below systemd.</summary>
internal sealed class MountedShell
{
    private readonly Host _host;

    public MountedShell(Host host)
    {
        _host = host;
        var place = host.Start("sleep", "infinity");
        Enter = ["nsenter", $"--target={place.Id}", "--mount", "--net", "env", $"TANDEM_SOCKET={host.Socket}"];
        // Waits until "ip netns exec" has become the program.
        Shell.Until(() => Shell.Run("readlink", $"/proc/{place.Id}/exe").Output.Contains("sleep", StringComparison.Ordinal), "the shell");
    }

    public string[] Enter { get; }

    public string Status => Run(Programs.Tandem, "shim", "status").Output;

    public string[] Keepers =>
        [
            .. Shell
                .Run("ip", "netns", "pids", _host.Namespace)
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(pid =>
                    File.Exists($"/proc/{pid}/cmdline")
                    && File.ReadAllText($"/proc/{pid}/cmdline").Split('\0') is [var program, "--mount", ..]
                    && Path.GetFileName(program) == "tandemd"
                ),
        ];

    public Outcome Run(params string[] command) => Shell.Run([.. Enter, .. command]);

    public string Must(params string[] command) => Shell.Must([.. Enter, .. command]);

    public void Tandem(params string[] words) => Must([Programs.Tandem, .. words]);

    public void Until(string said, string script) =>
        Shell.Until(() => Run("sh", "-c", script).Output.Trim() is var now && now == said ? null : now, $"\"{said}\" of: {script}");

    public void KillKeeper()
    {
        var keeper = int.Parse(Assert.Single(Keepers), CultureInfo.InvariantCulture);
        Shell.Signal(keeper, 9);
        Shell.Until(() => !File.Exists($"/proc/{keeper}/exe") || Keepers.Length == 0, "the keeper has ended");
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace Tandem.EndToEnd.Tests;

/// <summary>A host of the lab: a network namespace with a service.</summary>
internal sealed class Host : IDisposable
{
    private readonly List<Process> _running = [];

    public Host(string name)
    {
        Namespace = name;
        Shell.Must("ip", "netns", "add", name);
        Ip("link", "set", "lo", "up");
        Directory = System.IO.Directory.CreateTempSubdirectory("tandem-").FullName;
        Service = new Service(this);
    }

    public string Namespace { get; }

    /// <summary>A folder of the host's own, for its socket and state.</summary>
    public string Directory { get; }

    /// <summary>The host whose service its commands ask; null for its own.</summary>
    public Host? ServedBy { get; set; }

    public string Socket => Path.Combine((ServedBy ?? this).Directory, "tandem.sock");

    public Service Service { get; }

    /// <summary>Runs a command on this host.</summary>
    public Outcome Run(params string[] command) => Shell.Run(Command(command));

    /// <summary>Runs a command that must succeed.</summary>
    public string Must(params string[] command) => Shell.Must(Command(command));

    /// <summary>Runs <c>ip</c>, which must succeed.</summary>
    public string Ip(params string[] arguments) => Shell.Must(["ip", "-n", Namespace, .. arguments]);

    /// <summary>Runs <c>tandem</c>, which must succeed.</summary>
    public string Tandem(params string[] arguments) => Must([Programs.Tandem, .. arguments]);

    /// <summary>Runs <c>tandem</c>, and accepts any result.</summary>
    public Outcome TryTandem(params string[] arguments) => Run([Programs.Tandem, .. arguments]);

    /// <summary>Starts a command on this host and leaves it running until the lab ends.</summary>
    public Process Start(params string[] command)
    {
        var process = Shell.Start(Command(command));
        _running.Add(process);
        return process;
    }

    /// <summary>An interface as <c>tandem -d -s -j link show</c> has it.</summary>
    public JsonElement Link(string name) => JsonDocument.Parse(Tandem("-d", "-s", "-j", "link", "show", "dev", name)).RootElement[0];

    /// <summary>The value of a key in the bond's data, as text.</summary>
    public string? BondData(string key) =>
        Link("bond0").GetProperty("linkinfo").GetProperty("info_data").TryGetProperty(key, out var value) ? value.ToString() : null;

    /// <summary>The value of a key in a member's data, as text.</summary>
    public string MemberData(string member, string key) =>
        Link(member).GetProperty("linkinfo").GetProperty("info_slave_data").GetProperty(key).ToString();

    /// <summary>How often the service's log has an event of this kind about a member, optionally with a text in its reason.</summary>
    public int Said(string member, string kind, string reason = "") =>
        Service
            .Log.Split('\n')
            .Count(line =>
                line.Contains($": {member}: {kind}: ", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal)
            );

    /// <summary>An interface as the kernel's own <c>ip -j</c> has it; null if it is not there.</summary>
    public JsonElement? KernelLink(string name)
    {
        var outcome = Run("ip", "-j", "-d", "addr", "show", "dev", name);
        // If the device goes at this moment, the list is empty.
        return outcome.ExitCode == 0 && JsonDocument.Parse(outcome.Output).RootElement is var list && list.GetArrayLength() > 0
            ? list[0]
            : null;
    }

    public void Dispose()
    {
        Service.Dispose();
        // This test started all processes in the namespace.
        Shell.EndAll(Namespace);
        foreach (var process in _running)
            process.Dispose();
        Shell.Run("ip", "netns", "del", Namespace);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>A command line that runs a command on this host.</summary>
    public string[] Command(string[] command) => ["ip", "netns", "exec", Namespace, "env", $"TANDEM_SOCKET={Socket}", .. command];
}

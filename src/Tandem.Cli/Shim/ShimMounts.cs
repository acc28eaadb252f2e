using System.ComponentModel;
using System.Diagnostics;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Doctor;

namespace Tandem.Cli.Shim;

/// <summary>
/// <c>tandem shim mount</c>, <c>unmount</c>: the driver's files where programs look for them. A process keeps the mounts, <c>tandemd --mount</c>, since the
/// service may be in a mount namespace of its own, as below systemd.
/// </summary>
internal static class ShimMounts
{
    /// <summary>What the mounts cost, and the way back.</summary>
    public const string Price = """
        Note: the folders of bonds and members in /sys/devices are read-only now: "echo 1400 > /sys/class/net/bond0/mtu" says
        "Read-only file system". Use ip, ethtool or tandem for changes. The entries of /proc/net are links.
        Programs without root that make namespaces of their own and mount /proc or /sys there (rootless containers, bubblewrap,
        Flatpak) are refused that by the kernel meanwhile.
        The way back: tandem shim unmount

        """;

    private const string Unit = "tandem-mounts.service";
    private const string LogName = "mounts.log";

    // What the mounts make of /proc/net.
    private const string OurLink = "tty/ldisc";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    /// <summary>Has the mounts made, and waits for them.</summary>
    public static async Task MountAsync(CommandContext context)
    {
        var program = RequireProgram(context);
        await RefuseOtherNamespaceAsync(context);
        // Says why there can be no mounts here.
        await RunAsync(context, program, ["--mount", "--check"]);
        if (IsOfSystem(context))
            await RunAsync(context, "systemctl", ["enable", "--now", Unit]);
        else if (!IsKept(context))
            await StartAsync(context, program);
        await context.Error.WriteAsync(Price);
    }

    /// <summary>Has the mounts removed, also those that a killed process left.</summary>
    public static async Task UnmountAsync(CommandContext context)
    {
        var program = RequireProgram(context);
        if (IsOfSystem(context))
            await RunAsync(context, "systemctl", ["disable", "--now", Unit]);
        await RunAsync(context, program, ["--unmount", "--socket", context.SocketPath]);
    }

    /// <summary>Lists the mounts, for <c>tandem shim status</c>.</summary>
    public static string Status(CommandContext context)
    {
        var folder = Folder(context);
        var link = new FileInfo(Path.Combine(context.Root, "proc/net")).LinkTarget;
        var devices = Lines(Path.Combine(context.Root, "proc/self/mountinfo"))
            .Select(line => line.Split(' '))
            .Where(fields => fields is [.., "overlay", var source, _] && source == $"tandem:{folder}")
            .Select(fields => Path.GetFileName(fields[4]))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var isLinked = link == OurLink;
        if (!isLinked && devices.Count == 0)
            return File.Exists(Mark(context)) ? "mounted, as soon as there are bonds" : "not mounted";
        var parts = devices.Select(device => $"/sys/class/net/{device}").ToList();
        if (isLinked)
            parts.Insert(0, "/proc/net/bonding");
        return "mounted: " + string.Join(' ', parts);
    }

    private static string Folder(CommandContext context) => Path.GetDirectoryName(context.SocketPath) ?? "/";

    // mnt:[4026531841]
    private static string? MountNamespace(CommandContext context, string process) =>
        new FileInfo(Path.Combine(context.Root, $"proc/{process}/ns/mnt")).LinkTarget;

    // The process writes it when the mounts are there.
    private static string Mark(CommandContext context) => Path.Combine(OwnFolder(context), "wanted");

    private static string OwnFolder(CommandContext context)
    {
        var number = MountNamespace(context, "self")?.Split('[', ']') is [_, var digits, _] ? digits : "0";
        return Path.Combine(Folder(context), "mounts", number);
    }

    // The process holds a lock; one that was killed has left its mark.
    private static bool IsKept(CommandContext context)
    {
        var path = Path.Combine(OwnFolder(context), "lock");
        if (!File.Exists(path))
            return false;
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(Mark(context));
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // The unit is in the host's mount namespace, and serves the default socket.
    private static bool IsOfSystem(CommandContext context) =>
        Directory.Exists(Path.Combine(context.Root, "run/systemd/system"))
        && context.SocketPath == Endpoints.DefaultSocket
        && MountNamespace(context, "self") == MountNamespace(context, "1");

    private static string RequireProgram(CommandContext context)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new CommandException(ExitCode.Refused, "only root may mount; run the command as root");
        return context.ServiceProgram
            ?? ServiceProgram.Find()
            ?? throw new CommandException(ExitCode.Refused, "tandemd: not found beside this command, in $PATH or /usr/sbin");
    }

    // Names of interfaces mean others there.
    private static async Task RefuseOtherNamespaceAsync(CommandContext context)
    {
        using var client = context.Connect();
        if ((await client.GetServiceAsync(context.Cancellation)).Netns is { } netns)
            throw new CommandException(
                ExitCode.Refused,
                $"shim mount: the service shows the bonds of its own network namespace there, and this is {netns}; accepted: the namespace of the service; the files of this one are in {Folder(context)}/netns/{netns}"
            );
    }

    private static async Task StartAsync(CommandContext context, string program)
    {
        // In a session of its own, and without our streams: whoever started this command waits for their end.
        const string Script = """
            setsid "$1" --mount --socket "$2" </dev/null >>"$3/$4" 2>&1 &
            """;
        await RunAsync(context, "/bin/sh", ["-c", Script, "sh", program, context.SocketPath, Folder(context), LogName]);
        for (var watch = Stopwatch.StartNew(); !File.Exists(Mark(context)); await Task.Delay(s_retry, context.Cancellation))
        {
            if (watch.Elapsed > s_limit)
                throw new CommandException(ExitCode.Refused, $"tandemd --mount does not start; its log is {Folder(context)}/{LogName}");
        }
    }

    private static async Task RunAsync(CommandContext context, string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
            await process.WaitForExitAsync(context.Cancellation);
            if (process.ExitCode != 0)
                throw new CommandException(ExitCode.Refused, $"{program} {arguments[0]}: status {process.ExitCode}");
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Refused, $"{program}: {e.Message}");
        }
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}

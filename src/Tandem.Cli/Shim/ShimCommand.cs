using System.Buffers;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Shim;

/// <summary><c>tandem shim</c>: puts Tandem behind the commands that users know.</summary>
internal static class ShimCommand
{
    // Shells remember where they found a program.
    private const string AgainText = "A shell that has run ip before looks for it again after: hash -r";

    // Quotes and blanks would need escapes in the scripts.
    private static readonly SearchValues<char> Awkward = SearchValues.Create("'\" \t\n$`\\");

    /// <summary>Runs the command with the arguments after <c>shim</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var word = arguments.AtEnd ? "help" : arguments.Take();
        var command = Keyword.Find(word, "install", "remove", "status", "mount", "unmount", "help");
        if (command is not null and not "help")
            arguments.End();
        switch (command)
        {
            case "install":
                await InstallAsync(context);
                break;
            case "remove":
                await RemoveAsync(context);
                break;
            case "status":
                await StatusAsync(context);
                break;
            case "mount":
                await ShimMounts.MountAsync(context);
                break;
            case "unmount":
                await ShimMounts.UnmountAsync(context);
                break;
            case "help":
                await context.Output.WriteAsync(HelpText.Shim);
                break;
            default:
                throw new CommandException(
                    ExitCode.Syntax,
                    $"shim \"{word}\": no such command; accepted: install, remove, status, mount, unmount, help"
                );
        }
    }

    private static async Task InstallAsync(CommandContext context)
    {
        if (ShimFile.All.FirstOrDefault(file => file.IsOurs(context.Root) == false) is { } other)
            throw new CommandException(
                ExitCode.Refused,
                $"/{other.Path}: there is another file of that name; nothing was installed; accepted: move it away first"
            );
        var ip = PlainPath(
            "ip",
            context.IpProgram ?? SystemIp.Find() ?? throw new CommandException(ExitCode.Refused, "ip: not found; install iproute2 first")
        );
        var tandem = PlainPath("tandem", Environment.ProcessPath!);
        foreach (var file in ShimFile.All)
        {
            Change(file, () => file.Install(context.Root, ip, tandem));
            await context.Output.WriteLineAsync($"/{file.Path}: installed");
        }
        await context.Output.WriteLineAsync(AgainText);
        if (new KernelDriver(context.Root).Exists)
            await context.Error.WriteLineAsync(
                "Note: the kernel has its own bonding driver; modprobe and new bonds of ip are left to it, and bonds of \"tandem link add\" are shown by ip"
            );
    }

    private static async Task RemoveAsync(CommandContext context)
    {
        var isRemoved = false;
        foreach (var file in ShimFile.All)
        {
            switch (file.IsOurs(context.Root))
            {
                case true:
                    Change(file, () => file.Remove(context.Root));
                    await context.Output.WriteLineAsync($"/{file.Path}: removed");
                    isRemoved = true;
                    break;
                case false:
                    await context.Output.WriteLineAsync($"/{file.Path}: another file of that name; left as it is");
                    break;
            }
        }
        if (isRemoved)
            await context.Output.WriteLineAsync(AgainText);
    }

    // Exit code 1 if a file is missing, for scripts.
    private static async Task StatusAsync(CommandContext context)
    {
        foreach (var file in ShimFile.All)
        {
            var state = file.IsOurs(context.Root) switch
            {
                true => "installed",
                false => "another file of that name",
                null => "not installed",
            };
            if (state != "installed")
                context.ExitCode = ExitCode.NotFound;
            await context.Output.WriteLineAsync($"/{file.Path}: {state}: {file.Purpose}");
        }
        var driver = new KernelDriver(context.Root);
        var own =
            driver.IsLoaded ? "loaded: modprobe and new bonds of ip are left to it"
            : driver.IsLoadable ? "not loaded, but there: modprobe and new bonds of ip are left to it"
            : "none";
        await context.Output.WriteLineAsync($"the kernel's own driver: {own}");
        var parameters = ModuleDefaults.Read(context) is { } defaults
            ? $"loaded {string.Join(' ', defaults.Options.Select(option => $"{option.Key}={option.Value}"))}".TrimEnd()
            : "not loaded";
        await context.Output.WriteLineAsync($"bonding by Tandem: {parameters}");
        await context.Output.WriteLineAsync($"the driver's files in /proc and /sys: {ShimMounts.Status(context)}");
    }

    private static string PlainPath(string what, string path) =>
        !path.AsSpan().ContainsAny(Awkward)
            ? path
            : throw new CommandException(ExitCode.Refused, $"{what}: its path {path} has blanks or quotes; accepted: a path without them");

    private static void Change(ShimFile file, Action change)
    {
        try
        {
            change();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException(ExitCode.Refused, $"/{file.Path}: {e.Message}; run the command as root");
        }
    }
}

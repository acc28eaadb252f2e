using System.ComponentModel;
using System.Diagnostics;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Cli.Links;

namespace Tandem.Cli.Shim;

/// <summary><c>tandem module load</c> and <c>unload</c>: what <c>modprobe bonding</c> and <c>modprobe -r bonding</c> do.</summary>
internal static class ModuleCommand
{
    /// <summary>Runs the command with the arguments after <c>module</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var word = arguments.AtEnd ? "help" : arguments.Take();
        switch (Keyword.Find(word, "load", "unload", "help"))
        {
            case "load":
                var words = new List<string>();
                while (!arguments.AtEnd)
                    words.Add(arguments.Take());
                if (words is [var first, ..] && Keyword.IsHelp(first, isFirst: true))
                    await context.Output.WriteAsync(HelpText.Module);
                else
                    await LoadAsync(context, words);
                break;
            case "unload":
                arguments.End();
                await UnloadAsync(context);
                break;
            case "help":
                await context.Output.WriteAsync(HelpText.Module);
                break;
            default:
                throw new CommandException(ExitCode.Syntax, $"module \"{word}\": no such command; accepted: load, unload, help");
        }
    }

    private static async Task LoadAsync(CommandContext context, List<string> words)
    {
        if (await StepAsideAsync(context, ["--ignore-install", "bonding", .. words]))
            return;
        // As with the driver, parameters of a module that is loaded change nothing.
        if (ModuleDefaults.Read(context) is not null && await ServiceStart.IsRunningAsync(context))
            return;
        var parameters = ModuleParameters.Read(words);
        foreach (var warning in parameters.Warnings)
            await context.Error.WriteLineAsync($"Warning: {warning}");
        using var client = await ServiceStart.ConnectAsync(context);
        var defaults = new ModuleDefaults(parameters.Options, parameters.TransmitQueues);
        for (var made = 0L; made < parameters.MaxBonds; made++)
            await LinkAdd.CreateAsync(context, client, defaults.Complete(new CreateBondRequest { Name = NumberedName.Default }));
        defaults.Write(context);
    }

    private static async Task UnloadAsync(CommandContext context)
    {
        if (await StepAsideAsync(context, ["--remove", "--ignore-remove", "bonding"]))
            return;
        if (await ServiceStart.IsRunningAsync(context))
        {
            using var client = context.Connect();
            foreach (var bond in await client.GetBondsAsync(context.Cancellation))
                await client.DeleteBondAsync(bond.Name, context.Cancellation);
        }
        ModuleDefaults.Remove(context);
    }

    // Where the kernel has its driver, the command is meant for that.
    private static async Task<bool> StepAsideAsync(CommandContext context, string[] arguments)
    {
        if (!new KernelDriver(context.Root).Exists)
            return false;
        await context.Error.WriteLineAsync("Note: the kernel has its own bonding driver; Tandem leaves modprobe and new bonds of ip to it");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("modprobe", arguments) { UseShellExecute = false })!;
            await process.WaitForExitAsync(CancellationToken.None);
            context.ExitCode = process.ExitCode;
            return true;
        }
        catch (Win32Exception e)
        {
            throw new CommandException(ExitCode.Refused, $"modprobe: {e.Message}");
        }
    }
}

using Tandem.Cli.CommandLine;
using Tandem.Config.Files;

namespace Tandem.Cli.Files;

/// <summary><c>tandem import --live BOND</c>: takes a running bond of the kernel's driver over.</summary>
internal static class LiveImport
{
    /// <summary>Takes a bond over, or prints what would be.</summary>
    public static async Task RunAsync(CommandContext context, string name, bool isDry)
    {
        var bond = await new KernelBondReader(context, name).ReadAsync();
        using var client = context.Connect();
        await client.GetServiceAsync(context.Cancellation);
        await context.Output.WriteAsync(ConfigurationWriter.Write([bond.Bond]));
        foreach (var line in bond.Restore(name))
            await context.Output.WriteLineAsync($"# ip {line}");
        if (isDry)
            return;
        var outage = await new LiveTakeover(context, client, bond).RunAsync();
        await context.Error.WriteLineAsync(
            outage is { } time
                ? $"{name} is Tandem's. It carried nothing for {Math.Ceiling(time.TotalMilliseconds)} ms at most."
                : $"{name} is Tandem's. It has no carrier yet: see \"tandem show {name}\"."
        );
        await context.Error.WriteLineAsync(
            "What made it makes it again at the next boot, by the driver: remove it there, and write it to /etc/tandem with \"tandem save\"."
        );
    }
}

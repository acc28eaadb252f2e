using Tandem.Cli.CommandLine;
using Tandem.Config.Disk;
using Tandem.Config.Files;

namespace Tandem.Cli.Files;

/// <summary><c>tandem save</c>: writes the running bonds to a file.</summary>
internal static class SaveCommand
{
    /// <summary>Runs the command with the arguments after <c>save</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.Peek is { } word && Keyword.IsHelp(word, isFirst: true))
        {
            await context.Output.WriteAsync(FilesHelp.Save);
            return;
        }
        var path = arguments.AtEnd ? FilesHelp.DefaultFile : arguments.Take();
        arguments.End();
        if (path.Length == 0)
            throw new CommandException(ExitCode.Syntax, "save: the name of the file is empty; accepted: a file, or - for standard output");
        using var client = context.Connect();
        var bonds = await RunningBonds.ReadAsync(client, context.Cancellation);
        var text = ConfigurationWriter.Write([.. bonds.Select(bond => bond with { Spec = RunningBonds.WithoutUsual(bond.Spec) })]);
        if (path == "-")
        {
            await context.Output.WriteAsync(text);
            return;
        }
        Write(path, text);
        await context.Output.WriteLineAsync($"{path}: {bonds.Count} {(bonds.Count == 1 ? "bond" : "bonds")}");
        await WarnAsync(context, path);
    }

    private static void Write(string path, string text)
    {
        try
        {
            AtomicFile.Write(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, $"{path} cannot be written: {e.Message}");
        }
    }

    // Other files beside it may name the same bonds.
    private static async Task WarnAsync(CommandContext context, string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (
            !path.EndsWith(".yaml", StringComparison.Ordinal)
            || ConfigurationReader.Read(directory) is not { IsValid: false, Files.Count: > 1 } read
        )
            return;
        await context.Error.WriteLineAsync(
            $"Warning: with the other files of {directory}, {path} has errors; remove what is written twice:"
        );
        foreach (var error in read.Errors)
            await context.Error.WriteLineAsync(error.ToString());
    }
}

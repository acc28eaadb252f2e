using Tandem.Cli.CommandLine;
using Tandem.Config;
using Tandem.Config.Disk;
using Tandem.Config.Export;

namespace Tandem.Cli.Files;

/// <summary><c>tandem export</c>: prints the running bonds, or those of files, as files of another tool.</summary>
internal static class ExportCommand
{
    /// <summary>Runs the command with the arguments after <c>export</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var (exporter, root, path) = ((Exporter?)null, (string?)null, (string?)null);
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (Keyword.IsHelp(word, isFirst: exporter is null))
            {
                await context.Output.WriteAsync(FilesHelp.Export);
                return;
            }
            if (word == "--root")
                root = arguments.Value(word);
            else if (exporter is null)
                exporter =
                    ToolNames.Find(Exporters.All, each => each.Name, word)
                    ?? throw ToolNames.Unknown(word, [.. Exporters.All.Select(each => each.Name)]);
            else if (path is null && !word.StartsWith('-'))
                path = word;
            else
                throw new CommandException(
                    ExitCode.Syntax,
                    $"\"{word}\" was not expected here; accepted: --root DIRECTORY, and one file or directory"
                );
        }
        if (exporter is null)
            throw new CommandException(
                ExitCode.Syntax,
                $"the tool is missing; accepted: {ToolNames.List(Exporters.All.Select(each => each.Name))}"
            );
        var exported = exporter.Write(path is null ? await RunningAsync(context) : await WantedFiles.ReadAsync(context, path));
        foreach (var file in exported.Files)
        {
            if (root is null)
                await context.Output.WriteAsync($"# /{file.Path}\n{file.Text}");
            else
                await WriteAsync(context, Path.Combine(root, file.Path), file);
        }
        foreach (var note in exported.Notes)
            await context.Error.WriteLineAsync($"{note} ({exporter.Name})");
    }

    private static async Task<IReadOnlyList<NamedBond>> RunningAsync(CommandContext context)
    {
        using var client = context.Connect();
        var bonds = await RunningBonds.ReadAsync(client, context.Cancellation);
        return [.. bonds.Select(bond => bond with { Spec = RunningBonds.WithoutUsual(bond.Spec) })];
    }

    private static async Task WriteAsync(CommandContext context, string path, ExportedFile file)
    {
        try
        {
            AtomicFile.Write(path, file.Text, file.IsPrivate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, $"{path} cannot be written: {e.Message}");
        }
        await context.Output.WriteLineAsync(path);
    }
}

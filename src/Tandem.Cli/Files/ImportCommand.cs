using Tandem.Cli.CommandLine;
using Tandem.Config.Files;
using Tandem.Config.Import;

namespace Tandem.Cli.Files;

/// <summary><c>tandem import</c>: prints the bonds of another tool's files as a file.</summary>
internal static class ImportCommand
{
    private const string Live = "live";
    private const string Running = "--live";
    private const string DryRun = "--dry-run";

    /// <summary>Runs the command with the arguments after <c>import</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var (tool, root, bond, isDry) = ((string?)null, (string?)null, (string?)null, false);
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (Keyword.IsHelp(word, isFirst: tool is null))
            {
                await context.Output.WriteAsync(FilesHelp.Import);
                return;
            }
            if (word == "--root")
                root = arguments.Value(word);
            else if (word == Running && tool is null)
                bond = arguments.Value(word);
            else if (word == DryRun)
                isDry = true;
            else if (tool is null && (word == Live || ToolNames.Find(Importers.All, importer => importer.Name, word) is not null))
                tool = word;
            else
                throw ToolNames.Unknown(word, [Live, .. Importers.All.Select(importer => importer.Name)]);
        }
        if (bond is not null && tool is null && root is null)
        {
            await LiveImport.RunAsync(context, bond, isDry);
            return;
        }
        if (bond is not null || isDry)
            throw new CommandException(
                ExitCode.Syntax,
                bond is null
                    ? $"{DryRun}: only with {Running} BOND; without it nothing is changed anyway"
                    : $"{Running} {bond}: cannot be used together with a tool or --root; leave one of them out"
            );
        var (name, read) = tool == Live ? (Live, await ReadLiveAsync(context, root)) : Read(tool, root ?? "/");
        if (read.Bonds.Count > 0)
            await context.Output.WriteAsync($"# Imported from {name}.\n{ConfigurationWriter.Write(read.Bonds)}");
        foreach (var note in read.Notes)
            await context.Error.WriteLineAsync(note.ToString());
        foreach (var found in read.Bonds)
        {
            if (AddressRecipe.For(name, found) is { } recipe)
                await context.Error.WriteLineAsync(recipe);
        }
        if (read.Bonds.Count == 0)
            throw new CommandException(
                ExitCode.NotFound,
                tool is null
                    ? $"no bonds below {root ?? "/"} in the files of {ToolNames.List(Importers.All.Select(importer => importer.Name))}"
                    : $"{name} has no bonds"
            );
    }

    // Without a tool the first one that has bonds; if none has, the notes of all.
    private static (string Name, Imported Read) Read(string? tool, string root)
    {
        if (tool is not null)
        {
            var importer = ToolNames.Find(Importers.All, each => each.Name, tool)!;
            return (importer.Name, importer.Read(root));
        }
        var all = Importers.All.Select(importer => (importer.Name, Read: importer.Read(root))).ToList();
        var found = all.Find(each => each.Read.Bonds.Count > 0);
        return found.Read is not null ? found : ("", new Imported([], [.. all.SelectMany(each => each.Read.Notes)]));
    }

    private static async Task<Imported> ReadLiveAsync(CommandContext context, string? root)
    {
        if (root is not null)
            throw new CommandException(ExitCode.Syntax, "--root: cannot be used together with live; leave one of them out");
        return LiveImporter.Read(await context.Input.ReadToEndAsync(context.Cancellation));
    }
}

using Tandem.Cli.CommandLine;
using Tandem.Config;
using Tandem.Config.Files;

namespace Tandem.Cli.Files;

/// <summary>The bonds of files that the command line names.</summary>
internal static class WantedFiles
{
    /// <summary>Reads a file or directory. Errors are printed, and end the command.</summary>
    public static async Task<IReadOnlyList<NamedBond>> ReadAsync(CommandContext context, string path)
    {
        var read = ConfigurationReader.Read(path);
        if (read.IsValid && read.Files.Count == 0)
            throw new CommandException(ExitCode.NotFound, $"{path} has no files *.yaml; \"tandem save\" writes one of the running bonds");
        foreach (var error in read.Errors)
            await context.Error.WriteLineAsync(error.ToString());
        if (!read.IsValid)
            throw new CommandException(ExitCode.Syntax, $"{path}: {Count(read.Errors.Count)}; nothing was changed");
        return read.Bonds;
    }

    private static string Count(int errors) => errors == 1 ? "one error" : $"{errors} errors";
}

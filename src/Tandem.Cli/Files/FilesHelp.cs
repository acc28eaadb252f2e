namespace Tandem.Cli.Files;

/// <summary>Help texts of the commands that read and write files.</summary>
internal static class FilesHelp
{
    /// <summary>The directory of configuration files.</summary>
    public const string DefaultDirectory = "/etc/tandem";

    /// <summary>The file that <c>save</c> writes unless another is named.</summary>
    public const string DefaultFile = DefaultDirectory + "/bonds.yaml";

    /// <summary><c>tandem apply help</c>.</summary>
    public static string Apply =>
        $"""
            Usage: tandem apply [ --dry-run ] [ --prune ] [ FILE | DIRECTORY ]

            Changes the running bonds to what a file says, or all files *.yaml of a directory (default: {DefaultDirectory}) together,
            and prints the differences. The grammar is netplan's; docs/configuration.md describes it. A bond that is as wanted is not
            touched. If a change is refused, those before it are undone.

              --dry-run   prints the differences and changes nothing
              --prune     also removes bonds that the files do not name; otherwise they are left as they are

            Exit codes
              0    the bonds are as wanted; with --dry-run: the files are valid
              1    the directory has no files
              2    the service refused a change, or does not answer
              255  the files have errors, each printed with its place; nothing was sent

            """;

    /// <summary><c>tandem save help</c>.</summary>
    public static string Save =>
        $"""
            Usage: tandem save [ FILE ]

            Writes the running bonds to a file (default: {DefaultFile}; - for standard output), with only what differs from the
            defaults. "tandem apply" reads it. An existing file is replaced in one step, with its comments.

            Exit codes
              0    the file is written
              2    the service does not answer, or the file cannot be written

            """;
}

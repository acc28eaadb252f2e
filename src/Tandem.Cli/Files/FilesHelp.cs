using Tandem.Config.Export;
using Tandem.Config.Import;

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
            Usage: tandem apply [ --dry-run ] [ --prune ] [ --confirm-within TIME ] [ FILE | DIRECTORY ]

            Changes the running bonds to what a file says, or all files *.yaml of a directory (default: {DefaultDirectory}) together,
            and prints the differences. The grammar is netplan's; docs/configuration.md describes it. A bond that is as wanted is not
            touched. If a change is refused, those before it are undone.

              --dry-run   prints the differences and changes nothing
              --prune     also removes bonds that the files do not name; otherwise they are left as they are
              --confirm-within TIME
                          without "tandem confirm" within this time the service brings all bonds back to what they were:
                          30s, 2m, 1h or seconds, {ConfirmationTime.Accepted}. The files stay as they are.

            While changes wait for confirmation, or another apply runs, no others are applied.

            Exit codes
              0    the bonds are as wanted; with --dry-run: the files are valid
              1    the directory has no files
              2    the service refused a change, or does not answer
              255  the command line is wrong, or the files have errors, each printed with its place; nothing was sent

            """;

    /// <summary><c>tandem confirm help</c>.</summary>
    public static string Confirm =>
        """
            Usage: tandem confirm

            Keeps the changes of "tandem apply --confirm-within": the service does not roll them back any more.

            Exit codes
              0    the changes are confirmed
              1    nothing waits for confirmation
              2    the service refused it, or does not answer

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

    /// <summary><c>tandem import help</c>.</summary>
    public static string Import =>
        $"""
            Usage: tandem import [ TOOL ] [ --root DIRECTORY ]
                   tandem import --live BOND [ --dry-run ]
                   ip -d -j link show | tandem import live

            Prints the bonds that another tool's files describe, as a file for "tandem apply"; without TOOL, those of the first tool
            that has any. What cannot be carried over is printed on standard error, with its place and the reason, and how the other
            tool goes on to give the bonds their addresses. Nothing is changed: remove the bonds from the other tool's files before
            you apply them.

              --live BOND       takes a running bond of the kernel's bonding driver over, with its members, IP addresses and routes, and says for
                                how long it carried nothing. What cannot be moved is refused before anything is changed; after a
                                failure the bond is the driver's again
              --dry-run         with --live: prints what would be moved
              live              the bonds that run on the kernel's bonding driver, as ip shows them on standard input
              --root DIRECTORY  reads the files below this directory instead of /

            TOOL  {string.Join(", ", Importers.All.Select(importer => importer.Name))}

            Exit codes
              0    bonds were found
              1    no bonds were found
              255  the command line is wrong

            """;

    /// <summary><c>tandem export help</c>.</summary>
    public static string Export =>
        $"""
            Usage: tandem export TOOL [ --root DIRECTORY ] [ FILE | DIRECTORY ]

            Prints the running bonds, or those of a file or directory for "tandem apply", as files of another tool. What that tool cannot
            express is printed on standard error.

              --root DIRECTORY  writes the files below this directory instead of printing them; existing ones are replaced

            TOOL  {string.Join(", ", Exporters.All.Select(exporter => exporter.Name))}

            Exit codes
              0    success
              2    the service does not answer, or a file cannot be written
              255  the command line is wrong, or a file

            """;
}

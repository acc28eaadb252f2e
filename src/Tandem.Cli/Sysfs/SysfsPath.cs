using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Sysfs;

/// <summary>A file of the driver in /sys/class/net.</summary>
/// <param name="Interface">A bond or a member; null for <c>bonding_masters</c>.</param>
/// <param name="Folder"><c>bonding</c> or <c>bonding_slave</c>; null for <c>bonding_masters</c>.</param>
/// <param name="File">The file's name.</param>
internal sealed record SysfsPath(string? Interface, string? Folder, string File)
{
    public const string Masters = "bonding_masters";
    public const string OfBond = "bonding";
    public const string OfMember = "bonding_slave";

    private const string Classes = "sys/class/net/";

    /// <summary>Reads a path: that of the driver, that of the service's files, or the part after <c>/sys/class/net/</c>.</summary>
    public static SysfsPath Read(string path)
    {
        var at = path.LastIndexOf(Classes, StringComparison.Ordinal);
        return (at < 0 ? path : path[(at + Classes.Length)..]).Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [Masters] => new(null, null, Masters),
            [var name, OfBond or OfMember, var file] parts => new(name, parts[1], file),
            _ => throw new CommandException(
                ExitCode.Syntax,
                $"\"{path}\": not a file of the driver; accepted: {Masters}, BOND/{OfBond}/FILE, MEMBER/{OfMember}/FILE, also with /{Classes} before it"
            ),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Folder is null ? $"/{Classes}{Masters}" : $"/{Classes}{Interface}/{Folder}/{File}";
}

using System.Text;

namespace Tandem.Cli.Shim;

/// <summary>A file that <c>tandem shim install</c> writes.</summary>
/// <param name="Resource">The name of its template in this program.</param>
/// <param name="Path">Where it is installed, without the leading slash.</param>
/// <param name="IsProgram">Whether it is executable.</param>
/// <param name="Purpose">What it does.</param>
internal sealed record ShimFile(string Resource, string Path, bool IsProgram, string Purpose)
{
    private const string Mark = "written by \"tandem shim install\"";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>All files.</summary>
    public static IReadOnlyList<ShimFile> All { get; } =
    [
        new("ip", "usr/local/sbin/ip", IsProgram: true, "ip shows and changes bonds"),
        new("ifenslave", "usr/local/sbin/ifenslave", IsProgram: true, "ifenslave adds and releases members"),
        new(
            "tandem.conf",
            "etc/modprobe.d/tandem.conf",
            IsProgram: false,
            "modprobe bonding starts the service, modprobe -r removes bonds"
        ),
    ];

    /// <summary>Whether the file at its place is of this or an earlier version; null if there is none.</summary>
    public bool? IsOurs(string root)
    {
        var path = At(root);
        return System.IO.Path.Exists(path) ? ReadText(path).Contains(Mark, StringComparison.Ordinal) : null;
    }

    /// <summary>Writes the file.</summary>
    public void Install(string root, string ip, string tandem)
    {
        var text = Template().Replace("@IP@", ip, StringComparison.Ordinal).Replace("@TANDEM@", tandem, StringComparison.Ordinal);
        var path = At(root);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        // A rename: a shell that reads the old script goes on with it.
        var draft = path + ".tandem-new";
        File.WriteAllText(draft, text);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(draft, IsProgram ? Executable : Readable);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Removes the file.</summary>
    public void Remove(string root) => File.Delete(At(root));

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private string At(string root) => System.IO.Path.Combine(root, Path);

    private string Template()
    {
        using var reader = new StreamReader(typeof(ShimFile).Assembly.GetManifestResourceStream(Resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

using Tandem.Config.Disk;
using Xunit;

namespace Tandem.Config.Tests.Disk;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_created_with_the_directories_above_it()
    {
        var path = Path.Combine(_directory, "etc", "tandem", "bonds.yaml");
        AtomicFile.Write(path, "one\n");
        Assert.Equal("one\n", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_file_is_replaced_with_its_mode_kept()
    {
        var path = Path.Combine(_directory, "bonds.yaml");
        File.WriteAllText(path, "one\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var reader = File.OpenText(path);
        AtomicFile.Write(path, "two\n");
        Assert.Equal("two\n", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        // A reader that opened the file before gets the whole old content.
        Assert.Equal("one\n", reader.ReadToEnd());
    }

    [Fact]
    public void A_symbolic_link_stays_and_its_target_is_replaced()
    {
        var (target, link) = (Path.Combine(_directory, "real.yaml"), Path.Combine(_directory, "link.yaml"));
        File.WriteAllText(target, "one\n");
        File.CreateSymbolicLink(link, target);
        AtomicFile.Write(link, "two\n");
        Assert.Equal("two\n", File.ReadAllText(target));
        Assert.Equal(target, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
    }

    [Fact]
    public void What_cannot_be_written_leaves_nothing_behind()
    {
        var path = Path.Combine(_directory, "bonds.yaml");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(path, "two\n"));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_directory));
    }
}

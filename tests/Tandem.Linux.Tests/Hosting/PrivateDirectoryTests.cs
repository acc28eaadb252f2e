using System.Text;
using Tandem.Linux.Hosting;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Hosting;

/// <summary>The service acts as root on the contents of a state directory, so nobody else may write there.</summary>
public sealed class PrivateDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("tdm-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData("0770")]
    [InlineData("0702")]
    [InlineData("1777")]
    public void A_directory_that_others_may_write_is_refused(string mode)
    {
        Tool.Run("chmod", $"{mode} {_path}");
        var refused = PrivateDirectory.Open(_path);
        Assert.Null(refused.Value);
        Assert.Contains(_path, refused.Error.Detail, StringComparison.Ordinal);
        Assert.Contains(mode, refused.Error.Detail, StringComparison.Ordinal);
        Assert.Contains("accepted", refused.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_another_user_is_refused()
    {
        Tool.Run("chown", $"65534 {_path}");
        Assert.Contains("65534", PrivateDirectory.Open(_path).Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_no_directory_is_refused()
    {
        File.WriteAllText($"{_path}/file", "");
        Assert.False(PrivateDirectory.Open($"{_path}/file").IsOk);
        Assert.False(PrivateDirectory.Open($"{_path}/missing").IsOk);
    }

    [Fact]
    public void A_written_file_is_read_back_and_no_temporary_file_is_left()
    {
        using var directory = Opened();
        Assert.True(directory.Replace("a", "one"u8).IsOk);
        Assert.True(directory.Replace("a", "two and more"u8).IsOk);
        Assert.True(directory.Replace("b", []).IsOk);
        Assert.Equal("two and more", Encoding.ASCII.GetString(directory.Read("a").Value!));
        Assert.Empty(directory.Read("b").Value!);
        Assert.Equal(["a", "b"], directory.Names());
        Assert.Equal("600", Tool.Run("stat", $"-c %a {_path}/a").Trim());
        Assert.True(directory.Delete("a").IsOk);
        Assert.True(directory.Delete("a").IsOk);
        Assert.Equal(["b"], directory.Names());
    }

    [Fact]
    public void Links_are_neither_read_nor_written_through()
    {
        using var directory = Opened();
        var elsewhere = Directory.CreateTempSubdirectory("tdm-").FullName;
        File.WriteAllText($"{elsewhere}/secret", "secret");
        File.CreateSymbolicLink($"{_path}/a", $"{elsewhere}/secret");
        File.CreateSymbolicLink($"{_path}/b.new", $"{elsewhere}/secret");
        File.CreateSymbolicLink($"{_path}/lock", $"{elsewhere}/secret");
        Assert.Null(directory.Read("a").Value);
        Assert.True(directory.Replace("a", "mine"u8).IsOk);
        Assert.True(directory.Replace("b", "mine"u8).IsOk);
        Assert.Null(directory.TryLock("lock", out var error));
        Assert.False(error.IsOk);
        Assert.Equal("secret", File.ReadAllText($"{elsewhere}/secret"));
        Assert.Equal("mine", File.ReadAllText($"{_path}/a"));
        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_file_holds_nobody_up()
    {
        using var directory = Opened();
        Tool.Run("mkfifo", $"{_path}/a");
        Assert.Contains("no file", directory.Read("a").Error.Detail, StringComparison.Ordinal);
        Assert.Null(directory.TryLock("a", out _));
        Directory.CreateDirectory($"{_path}/c");
        Assert.False(directory.Read("c").IsOk);
        Assert.False(directory.Replace("c", "x"u8).IsOk);
    }

    [Fact]
    public void A_file_of_another_user_is_not_read()
    {
        using var directory = Opened();
        directory.Replace("a", "planted"u8);
        Tool.Run("chown", $"65534 {_path}/a");
        Assert.Contains("65534", directory.Read("a").Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_room_the_old_content_stays()
    {
        Tool.Run("mount", $"-t tmpfs -o size=64k,mode=0700 none {_path}");
        try
        {
            using var directory = Opened();
            Assert.True(directory.Replace("a", "old"u8).IsOk);
            Assert.False(directory.Replace("a", new byte[128 * 1024]).IsOk);
            Assert.Equal("old", File.ReadAllText($"{_path}/a"));
            Assert.Equal(["a"], directory.Names());
        }
        finally
        {
            Tool.Run("umount", $"{_path}");
        }
    }

    [Fact]
    public void The_directory_stays_the_same_when_another_gets_its_name()
    {
        using var directory = Opened();
        var moved = _path + "-moved";
        Directory.Move(_path, moved);
        Directory.CreateDirectory(_path);
        Assert.True(directory.Replace("a", "x"u8).IsOk);
        Assert.True(File.Exists($"{moved}/a"));
        Directory.Delete(moved, recursive: true);
    }

    private PrivateDirectory Opened() => PrivateDirectory.Open(_path).Value!;
}

using System.Text;
using Tandem.Config.Files;
using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class DirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tdm-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_files_of_a_directory_are_merged_in_lexical_order()
    {
        Write("20-b.yaml", "network: {bonds: {bond0: {mtu: 2000}}}");
        Write("10-a.yaml", "network: {bonds: {bond0: {mtu: 1000}}}");
        Write("ignored.yml", "{");
        Write(".hidden.yaml", "{");
        var read = ConfigurationReader.Read(_directory);
        Assert.Equal(2000, Assert.Single(read.Bonds).Spec.Mtu);
        Assert.Equal(["10-a.yaml", "20-b.yaml"], read.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void A_directory_without_files_has_no_bonds()
    {
        var read = ConfigurationReader.Read(_directory);
        Assert.True(read.IsValid);
        Assert.Empty(read.Files);
    }

    [Fact]
    public void A_file_that_is_missing_is_an_error() =>
        Assert.Contains(
            "cannot be read",
            Assert.Single(ConfigurationReader.Read(Path.Combine(_directory, "none")).Errors).Reason,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_file_has_at_most_a_mebibyte()
    {
        Write("a.yaml", new string('#', 1024 * 1024));
        Assert.True(ConfigurationReader.Read(_directory).IsValid);
        Write("a.yaml", new string('#', 1024 * 1024 + 1));
        Assert.Equal("the file is larger than 1024 KiB", Assert.Single(ConfigurationReader.Read(_directory).Errors).Reason);
        // A file without an end is limited too.
        Assert.Equal("the file is larger than 1024 KiB", Assert.Single(ConfigurationReader.Read("/dev/zero").Errors).Reason);
    }

    [Fact]
    public void A_directory_has_a_limited_number_of_files()
    {
        for (var i = 0; i <= TextFiles.MaxFiles; i++)
            Write($"{i}.yaml", "");
        Assert.Equal(
            $"{_directory}: the directory has more than 256 files; merge some of them",
            Assert.Single(ConfigurationReader.Read(_directory).Errors).ToString()
        );
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused_at_the_first_wrong_byte()
    {
        File.WriteAllBytes(Path.Combine(_directory, "a.yaml"), [.. "network:\n  x"u8, 0xff, .. "y"u8]);
        Assert.EndsWith(
            "a.yaml:2:4: the byte 0xff is not UTF-8; save the file in UTF-8",
            Assert.Single(ConfigurationReader.Read(_directory).Errors).ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_byte_order_mark_is_accepted()
    {
        File.WriteAllText(
            Path.Combine(_directory, "a.yaml"),
            "network: {bonds: {bond0: {}}}",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
        );
        Assert.Single(ConfigurationReader.Read(_directory).Bonds);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);
}

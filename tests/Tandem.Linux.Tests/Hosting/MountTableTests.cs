using Tandem.Linux.Hosting;

namespace Tandem.Linux.Tests.Hosting;

/// <summary>Lines of /proc/self/mountinfo.</summary>
public sealed class MountTableTests
{
    [Theory]
    [InlineData(
        "151 143 0:44 / /sys/devices/virtual/net/bond0 ro,nosuid - overlay tandem:/run/tandem ro,lowerdir=a:b",
        "/|/sys/devices/virtual/net/bond0|overlay|tandem:/run/tandem"
    )]
    [InlineData("36 35 98:0 /a /b rw shared:1 master:2 - ext4 /dev/sda1 rw", "/a|/b|ext4|/dev/sda1")]
    [InlineData(
        @"36 35 0:4 net:[4026532201] /run/netns/a\040b\134c rw - nsfs ns\011fs rw",
        "net:[4026532201]|/run/netns/a b\\c|nsfs|ns\tfs"
    )]
    [InlineData("36 35 98:0 /a", null)]
    [InlineData("36 35 98:0 /a /b rw - ext4", null)]
    [InlineData("- - -", null)]
    [InlineData("", null)]
    public void A_mount_is_read_and_what_is_none_is_left_out(string line, string? expected)
    {
        var mount = MountTable.Read([line]).SingleOrDefault();
        Assert.Equal(expected, mount is null ? null : $"{mount.Root}|{mount.Path}|{mount.FileSystem}|{mount.Source}");
    }
}

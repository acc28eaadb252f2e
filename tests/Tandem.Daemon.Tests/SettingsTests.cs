using Microsoft.Extensions.Logging;
using Tandem.Daemon.Hosting;

namespace Tandem.Daemon.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void The_state_is_kept_beside_the_socket_unless_told_otherwise()
    {
        var directory = RunningService.TemporaryDirectory();
        Assert.True(Settings.TryParse(["--socket", $"{directory}/s"], out var settings, out _));
        using (var beside = StateDirectory.Open(settings).Value)
            Assert.Equal(directory, beside!.Path);
        using (var made = StateDirectory.Open(settings with { State = $"{directory}/a/b" }).Value)
            Assert.Equal($"{directory}/a/b", made!.Path);
        Directory.Delete(directory, recursive: true);
        Assert.True(Settings.TryParse(["--socket=/tmp/x/s", "--state=/var/y", "--log-level", "debug"], out settings, out _));
        Assert.Equal(("/var/y", LogLevel.Debug), (settings.State, settings.LogLevel));
    }

    [Theory]
    [InlineData("--colour", "--colour")]
    [InlineData("bond0", "bond0")]
    [InlineData("--socket", "--socket")]
    [InlineData("--socket=", "--socket")]
    [InlineData("--log-level=loud", "error, warning, info, debug")]
    public void Invalid_arguments_are_named(string argument, string named)
    {
        Assert.False(Settings.TryParse([argument], out _, out var problem));
        Assert.Contains(named, problem, StringComparison.Ordinal);
    }
}

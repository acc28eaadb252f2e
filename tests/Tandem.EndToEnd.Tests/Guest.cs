using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// A QEMU guest with one of Debian's kernels, for what neither this machine's kernel nor <see cref="UserModeLinux"/> has: newer kernels,
/// netkit, network cards.
/// </summary>
internal static class Guest
{
    // eng/guest exits with it when QEMU, a network card or the kernel cannot be had.
    private const int Missing = 77;

    /// <summary>Runs a script of this project, which must succeed; its first argument is the folder of the programs.</summary>
    /// <returns>What the script printed.</returns>
    /// <remarks>
    /// The options are those of <c>eng/guest run</c>, for example <c>--nic virtio</c>; the arguments follow the script's first one.
    /// Without QEMU or the kernel the test is skipped, and fails on continuous integration (<c>CI=true</c>), where nobody would notice a
    /// skipped test. Blocks up to <paramref name="seconds"/>; longer the first time, when the kernel is downloaded.
    /// </remarks>
    public static string Play(string kernel, string script, string[]? options = null, string[]? arguments = null, int seconds = 300)
    {
        var outcome = Shell.Run(
            TimeSpan.FromSeconds(seconds) + TimeSpan.FromMinutes(5),
            [
                Programs.Guest,
                "run",
                "--kernel",
                kernel,
                "--timeout",
                seconds.ToString(CultureInfo.InvariantCulture),
                "--programs",
                Path.GetDirectoryName(Programs.Tandem)!,
                .. options ?? [],
                "--",
                Path.Combine(AppContext.BaseDirectory, "Scripts", script),
                "/programs",
                .. arguments ?? [],
            ]
        );
        var mayBeSkipped = Environment.GetEnvironmentVariable("CI") is not "true";
        Assert.SkipWhen(outcome.ExitCode == Missing && mayBeSkipped, outcome.Error.Trim());
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome.Output;
    }
}

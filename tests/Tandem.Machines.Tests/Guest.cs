using System.Globalization;
using Tandem.EndToEnd.Tests;
using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>Runs scripts on machines, and records each run.</summary>
internal static class Guest
{
    // The exit code of eng/guest if QEMU, a network card, the kernel or a package cannot be had.
    private const int Missing = 77;

    /// <summary>Runs a script of <c>tests/Scripts</c>, which must succeed; its first argument is the folder of the programs.</summary>
    /// <returns>What the script printed.</returns>
    /// <remarks>
    /// The arguments follow the script's first one. Without QEMU or the kernel the test is skipped, and fails on continuous integration
    /// (<c>CI=true</c>), where nobody would notice a skipped test. Blocks up to <paramref name="seconds"/>; longer the first time, when
    /// kernels and packages are downloaded. The outcome is recorded for <c>docs/tested.md</c>.
    /// </remarks>
    public static string Play(Machine machine, string script, int seconds = 300, params string[] arguments)
    {
        var outcome = Shell.Run(
            TimeSpan.FromSeconds(seconds) + TimeSpan.FromMinutes(10),
            [
                Programs.Guest,
                "run",
                .. machine.Options,
                "--timeout",
                seconds.ToString(CultureInfo.InvariantCulture),
                "--",
                Path.Combine(AppContext.BaseDirectory, "Scripts", script),
                "/programs",
                .. arguments,
            ]
        );
        Provided.Require(outcome.ExitCode != Missing, outcome.Error.Trim());
        TestedRecord.Write(machine, outcome.ExitCode == 0);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome.Output;
    }
}

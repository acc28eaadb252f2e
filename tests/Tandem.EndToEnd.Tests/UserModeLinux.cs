using System.Runtime.InteropServices;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>A kernel with VLAN devices, netem and the bonding driver, as a process of this machine.</summary>
internal static class UserModeLinux
{
    // The exit code of uml.sh if the kernel cannot be had.
    private const int Missing = 77;

    /// <summary>Runs a script in it, which must succeed; its first argument is the folder of the programs.</summary>
    public static void Play(string script, params string[] arguments)
    {
        var outcome = Shell.Run(
            TimeSpan.FromMinutes(5),
            [
                Programs.UserModeLinux,
                Path.Combine(AppContext.BaseDirectory, "Scripts", script),
                Path.GetDirectoryName(Programs.Tandem)!,
                .. arguments,
            ]
        );
        Assert.SkipWhen(RuntimeInformation.OSArchitecture != Architecture.X64, "User-Mode Linux is for x86-64");
        Provided.Require(outcome.ExitCode != Missing, outcome.Error.Trim());
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }
}

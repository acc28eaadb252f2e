using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>An ordinary user can create bonds in a user namespace.</summary>
public sealed class RootlessTests
{
    [Fact]
    public void Two_bonds_work_without_root_and_survive_a_cut()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-").FullName;
        try
        {
            var outcome = Shell.Run(
                Path.Combine(AppContext.BaseDirectory, "Scripts", "rootless.sh"),
                Path.GetDirectoryName(Programs.Tandem)!,
                folder
            );
            Assert.True(outcome.ExitCode == 0, outcome.All);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

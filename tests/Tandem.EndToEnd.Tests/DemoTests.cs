using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The demonstration works, and leaves nothing behind.</summary>
public sealed class DemoTests
{
    // Modes that need a partner with LACP, or a switch between the hosts.
    [Theory]
    [InlineData("802.3ad")]
    [InlineData("balance-tlb")]
    [InlineData("6")]
    public void Traffic_survives_the_cut_in_modes_that_need_more_than_cables(string mode)
    {
        var run = Shell.Run(TimeSpan.FromMinutes(5), Program, "--mode", mode, "--seconds", "6");
        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("TCP: ", run.Output, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    // The demo builds first, which takes a while even if nothing changed.
    [Fact]
    public void It_bonds_cuts_mends_and_says_in_words_what_happened()
    {
        var run = Shell.Run(TimeSpan.FromMinutes(5), Program, "--mode", "1", "--seconds", "6");
        Assert.True(run.ExitCode == 0, run.All);
        foreach (
            var word in new[]
            {
                "Currently Active Slave: eth1",
                "eth0 carried",
                "eth1 carried",
                "TCP: ",
                " lost; longest time without an answer",
            }
        )
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void Without_the_SDK_it_takes_the_programs_that_are_there()
    {
        var folder = Directory.CreateTempSubdirectory("tdm-").FullName;
        try
        {
            // All programs of this machine except dotnet.
            const string Links = """
                IFS=:
                for folder in $PATH; do
                  find "$folder/" -maxdepth 1 ! -name dotnet ! -type d -exec ln -sft "$0" {} + 2>/dev/null
                done
                true
                """;
            Shell.Must("bash", "-c", Links, folder);
            var run = Shell.Run(TimeSpan.FromMinutes(1), "env", $"PATH={folder}", Program, "--mode", "1", "--seconds", "6");
            Assert.True(run.ExitCode == 0, run.All);
            Assert.Contains("Currently Active Slave: eth1", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        AssertNothingIsLeft();
    }

    [Fact]
    public void Interrupted_it_cleans_up_all_the_same()
    {
        // Background processes of a script ignore SIGINT unless told otherwise. SIGTERM ends the demo by the same path.
        var run = Shell.Run("timeout", "-s", "TERM", "5", Program, "--seconds", "9");
        Assert.Equal(124, run.ExitCode);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("--mode 7", "no such mode")]
    [InlineData("--mode fast", "accepted: balance-rr (0)")]
    [InlineData("--links 1", "accepted are 2 to 8")]
    [InlineData("--seconds x", "accepted are 6 to 60")]
    [InlineData("--links", "needs a value")]
    [InlineData("hello", "unknown argument")]
    public void A_wrong_argument_is_named_with_what_would_be_right(string arguments, string message)
    {
        var run = Shell.Run([Program, .. arguments.Split(' ')]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static string Program => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Programs.Tandem))!, "demo");

    private static void AssertNothingIsLeft()
    {
        Assert.DoesNotContain("tdm-demo-", Shell.Run("ip", "netns", "list").Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories("/run", "tandem-demo.*"));
        var running = Directory
            .EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(CommandLine);
        Assert.DoesNotContain(running, line => line.Contains("tandem-demo.", StringComparison.Ordinal));
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}

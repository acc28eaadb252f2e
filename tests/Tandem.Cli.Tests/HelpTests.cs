using Tandem.Cli.Help;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("help", "help.txt")]
    [InlineData("--help", "help.txt")]
    [InlineData("-h", "help.txt")]
    [InlineData("-j --help link", "help.txt")]
    [InlineData("link help", "link-help.txt")]
    [InlineData("link --help", "link-help.txt")]
    [InlineData("link set -h", "link-help.txt")]
    [InlineData("link add --help", "link-help.txt")]
    [InlineData("link add bond0 -h", "link-help.txt")]
    [InlineData("link set bond0 up --help", "link-help.txt")]
    [InlineData("link del bond0 -h", "link-help.txt")]
    [InlineData("link show -h", "link-help.txt")]
    [InlineData("link show bond0 --help", "link-help.txt")]
    [InlineData("link add bond0 type bond --help", "bond-help.txt")]
    [InlineData("show -h", "show-help.txt")]
    [InlineData("show bond0 --help", "show-help.txt")]
    [InlineData("monitor -h", "monitor-help.txt")]
    [InlineData("explain --help", "explain-help.txt")]
    [InlineData("lacp -h", "lacp-help.txt")]
    [InlineData("alb --help", "alb-help.txt")]
    [InlineData("doctor -h", "doctor-help.txt")]
    [InlineData("shim", "shim-help.txt")]
    [InlineData("shim help", "shim-help.txt")]
    [InlineData("sysfs", "sysfs-help.txt")]
    [InlineData("sysfs --help", "sysfs-help.txt")]
    [InlineData("module -h", "module-help.txt")]
    [InlineData("module load help", "module-help.txt")]
    [InlineData("ifenslave -h", "ifenslave-help.txt")]
    [InlineData("link add type bond help", "bond-help.txt")]
    [InlineData("link set type bond_slave help", "bond-slave-help.txt")]
    [InlineData("show help", "show-help.txt")]
    [InlineData("monitor help", "monitor-help.txt")]
    [InlineData("explain help", "explain-help.txt")]
    [InlineData("lacp help", "lacp-help.txt")]
    [InlineData("alb help", "alb-help.txt")]
    [InlineData("doctor help", "doctor-help.txt")]
    [InlineData("apply help", "apply-help.txt")]
    [InlineData("apply --dry-run -h", "apply-help.txt")]
    [InlineData("confirm help", "confirm-help.txt")]
    [InlineData("save --help", "save-help.txt")]
    [InlineData("import -h", "import-help.txt")]
    [InlineData("import netplan --help", "import-help.txt")]
    [InlineData("export help", "export-help.txt")]
    public async Task Help_stands_at_every_level(string line, string golden)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(0, run.ExitCode);
        Golden.Equal(golden, run.Output);
    }

    [Fact]
    public void The_manual_page_describes_every_command()
    {
        var manual = File.ReadAllText(Path.Combine(Golden.Repository, "packaging/man/tandem.8"));
        Assert.All(
            CommandTable.All,
            command => Assert.Contains($"\n.B {(command.Name == "link" ? "link add" : command.Name)}\n", manual, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("version")]
    [InlineData("-V")]
    [InlineData("--version")]
    public async Task The_version_is_told(string line)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal($"tandem {HelpText.Version}", run.Output.TrimEnd());
    }
}

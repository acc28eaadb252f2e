using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>The exposure of the systemd unit is no larger than the unit's comment says.</summary>
public sealed partial class UnitTests
{
    private const string Unit = "packaging/systemd/tandemd.service";
    private const int Timeout = 10_000; // ms

    [Fact]
    public async Task The_exposure_that_systemd_sees_is_what_the_unit_says()
    {
        var said = SaidExposure().Match(Repository.Read(Unit));
        Assert.True(said.Success, "the unit does not say its exposure");
        var threshold = said.Groups["whole"].Value + said.Groups["tenth"].Value;
        var start = new ProcessStartInfo(
            "systemd-analyze",
            ["security", "--offline=true", "--no-pager", $"--threshold={threshold}", Path.Combine(Repository.Root, Unit)]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, output + await error);
        }
        catch (Win32Exception)
        {
            EndToEnd.Tests.Provided.Require(isThere: false, "systemd-analyze is not there");
        }
    }

    [GeneratedRegex(@"systemd-analyze security: (?<whole>\d)\.(?<tenth>\d)\b", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex SaidExposure();
}

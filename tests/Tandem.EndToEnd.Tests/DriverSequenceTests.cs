using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// The bonding driver of the kernel and Tandem say the same of their bonds after each event of the same sequences.
/// </summary>
/// <remarks>
/// The environment variable DRIVER_SEQUENCES plays other sequences than the usual ones: of one mode, with one seed or several, as in
/// <c>active-backup:17</c> or <c>balance-rr:100-140</c>. The mode and the seed of a sequence that fails are printed in that form.
/// </remarks>
public sealed class DriverSequenceTests
{
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("DRIVER_SEQUENCES");

    [Theory]
    [InlineData("balance-rr", 9)]
    [InlineData("active-backup", 12)]
    [InlineData("balance-xor", 8)]
    [InlineData("broadcast", 8)]
    [InlineData("802.3ad", 5)]
    public void Whatever_happens_the_driver_of_the_kernel_says_the_same(string mode, int count)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, Seeds(mode, count).SelectMany(seed => DriverSequence.Draw(mode, seed)));
            UserModeLinux.Play("driver-sequences.sh", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<int> Seeds(string mode, int count)
    {
        if (string.IsNullOrEmpty(Chosen))
            return Enumerable.Range(1, count);
        Assert.SkipUnless(Chosen.StartsWith($"{mode}:", StringComparison.Ordinal), $"DRIVER_SEQUENCES is {Chosen}");
        var seeds = Chosen[(mode.Length + 1)..].Split('-').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(seeds[0], seeds[^1] - seeds[0] + 1);
    }
}

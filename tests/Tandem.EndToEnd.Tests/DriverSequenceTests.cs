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

    // A machine plays few of them, so that a slow one is done in time.
    [Theory]
    [InlineData("balance-rr", 1, 4)]
    [InlineData("balance-rr", 5, 8)]
    [InlineData("active-backup", 1, 4)]
    [InlineData("active-backup", 5, 8)]
    [InlineData("active-backup", 9, 12)]
    [InlineData("balance-xor", 1, 4)]
    [InlineData("balance-xor", 5, 8)]
    [InlineData("broadcast", 1, 4)]
    [InlineData("broadcast", 5, 8)]
    [InlineData("802.3ad", 1, 4)]
    public void Whatever_happens_the_driver_of_the_kernel_says_the_same(string mode, int firstSeed, int lastSeed)
    {
        if (!string.IsNullOrEmpty(Chosen))
        {
            // One of the cases of its mode plays them.
            Assert.SkipUnless(firstSeed == 1 && Chosen.StartsWith($"{mode}:", StringComparison.Ordinal), $"DRIVER_SEQUENCES is {Chosen}");
            var seeds = Chosen[(mode.Length + 1)..].Split('-').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture)).ToArray();
            (firstSeed, lastSeed) = (seeds[0], seeds[^1]);
        }
        var file = Path.GetTempFileName();
        try
        {
            var sequences = Enumerable.Range(firstSeed, lastSeed - firstSeed + 1).Select(seed => DriverSequence.Draw(mode, seed));
            File.WriteAllLines(file, sequences.SelectMany(lines => lines));
            UserModeLinux.Play("driver-sequences.sh", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}

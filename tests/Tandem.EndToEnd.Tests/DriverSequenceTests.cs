using System.Globalization;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// The kernel's bonding driver and Tandem show the same state of their bonds after each event of the same sequences.
/// </summary>
/// <remarks>
/// The environment variable DRIVER_SEQUENCES plays other sequences than the usual ones: of one mode, with one seed or several, as in
/// <c>active-backup:17</c> or <c>balance-rr:100-140</c>. The mode and the seed of a sequence that fails are printed in that form.
/// </remarks>
public sealed class DriverSequenceTests
{
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("DRIVER_SEQUENCES");

    [Theory]
    [InlineData("balance-rr", 1, 1)]
    [InlineData("active-backup", 1, 1)]
    [InlineData("balance-xor", 1, 1)]
    [InlineData("broadcast", 1, 1)]
    [InlineData("802.3ad", 1, 1)]
    [InlineData("balance-tlb", 1, 1)]
    [InlineData("balance-alb", 1, 1)]
    public void Whatever_happens_the_driver_of_the_kernel_says_the_same(string mode, int firstSeed, int lastSeed) =>
        Play(mode, firstSeed, lastSeed);

    // Each kernel plays few sequences, so that a slow machine finishes in time.
    [Theory]
    [Trait("Machines", "whole")]
    [InlineData("balance-rr", 2, 5)]
    [InlineData("balance-rr", 6, 8)]
    [InlineData("active-backup", 2, 2)]
    [InlineData("active-backup", 3, 6)]
    [InlineData("active-backup", 7, 9)]
    [InlineData("active-backup", 10, 12)]
    [InlineData("balance-xor", 2, 5)]
    [InlineData("balance-xor", 6, 8)]
    [InlineData("broadcast", 2, 5)]
    [InlineData("broadcast", 6, 8)]
    [InlineData("802.3ad", 2, 4)]
    [InlineData("balance-tlb", 2, 2)]
    [InlineData("balance-tlb", 3, 5)]
    [InlineData("balance-tlb", 6, 8)]
    [InlineData("balance-alb", 2, 2)]
    [InlineData("balance-alb", 3, 5)]
    [InlineData("balance-alb", 6, 8)]
    public void Whatever_happens_for_long_the_driver_of_the_kernel_says_the_same(string mode, int firstSeed, int lastSeed) =>
        Play(mode, firstSeed, lastSeed);

    private static void Play(string mode, int firstSeed, int lastSeed)
    {
        if (!string.IsNullOrEmpty(Chosen))
        {
            // The mode's case with seed 1 plays the chosen sequences.
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

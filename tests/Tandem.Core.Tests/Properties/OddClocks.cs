using CsCheck;

namespace Tandem.Core.Tests.Properties;

/// <summary>Clocks that a machine may have: none of them counts in milliseconds.</summary>
internal static class OddClocks
{
    // Ticks of 1 ns, 7 ns, a third of a µs, those of a HPET and of the ACPI timer, and of some 4.3 ms.
    private static readonly long[] All = [Clock.Second, Clock.Second / 7, 3_000_000, 14_318_180, 3_579_545, 233];

    /// <summary>Ticks in a second.</summary>
    public static Gen<long> Frequencies { get; } = Gen.Int[0, All.Length - 1].Select(number => All[number]);
}

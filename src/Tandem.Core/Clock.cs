namespace Tandem.Core;

/// <summary>Units of time in the brain: monotonic nanoseconds from any origin.</summary>
public static class Clock
{
    /// <summary>Nanoseconds in a microsecond.</summary>
    public const long Microsecond = 1_000;

    /// <summary>Nanoseconds in a millisecond.</summary>
    public const long Millisecond = 1_000_000;

    /// <summary>Nanoseconds in a second.</summary>
    public const long Second = 1_000_000_000;

    /// <summary>A deadline that never comes.</summary>
    public const long Never = long.MaxValue;
}

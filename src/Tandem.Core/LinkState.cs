namespace Tandem.Core;

/// <summary>The monitor's view of a member's link. The numbers are the driver's.</summary>
public enum LinkState : byte
{
    /// <summary>The link is up.</summary>
    Up = 0,

    /// <summary>The link is lost; its down delay runs.</summary>
    Failing = 1,

    /// <summary>The link is down.</summary>
    Down = 2,

    /// <summary>The link is back; its up delay runs.</summary>
    Returning = 3,
}

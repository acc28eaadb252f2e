using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

/// <summary>Alarms that a hostile or broken partner could otherwise raise without end.</summary>
internal enum LacpAlarm
{
    Loop,
    DuplicateSystem,
    Unseen,
    ForeignPartner,
    Storm,
}

/// <summary>Allows each alarm of a port once a minute.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct LacpAlarms
{
    private const long Interval = 60 * Clock.Second;
    private const int Count = (int)LacpAlarm.Storm + 1;

    private Rates _rates;

    /// <summary>Whether an alarm may be raised now; if so, it counts against the limit.</summary>
    public bool Take(LacpAlarm alarm, long now) => _rates[(int)alarm].Take(now, burst: 1, Interval);

    [InlineArray(Count)]
    private struct Rates
    {
        private TokenBucket _first;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>Alarms that a hostile or broken partner could raise without end.</summary>
internal enum LacpAlarm
{
    Loop,
    DuplicateSystem,
    Unseen,
    ForeignPartner,
    Storm,
}

/// <summary>Lets each alarm of a port be raised once a minute.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct LacpAlarms
{
    private const long Interval = 60 * Clock.Second;
    private const int Count = (int)LacpAlarm.Storm + 1;

    private Times _next;

    /// <summary>Whether an alarm may be raised now.</summary>
    public bool Take(LacpAlarm alarm, long now)
    {
        ref var next = ref _next[(int)alarm];
        if (now < next)
            return false;
        next = now + Interval;
        return true;
    }

    [InlineArray(Count)]
    private struct Times
    {
        private long _first;
    }
}
